// The page of the contract: results in place of the page while one types, filters of the table in the address.
"use strict";
(() => {
  const search = document.getElementById("search");
  const results = document.getElementById("results");
  const status = document.getElementById("found");
  const table = document.querySelector(".ladder");
  const MOST = 60;

  function find() {
    const { count, items } = lookUp(search.value, MOST);
    results.replaceChildren(...items);
    document.body.classList.toggle("searching", search.value.trim() !== "");
    status.textContent = search.value.trim() ? `${count} found${count > MOST ? `, the first ${MOST} shown` : ""}` : "";
  }

  function narrow(word) {
    if (!table) return;
    for (const row of table.tBodies[0].rows) row.hidden = word === "differs" && !row.hasAttribute("data-differs");
    for (const link of document.querySelectorAll("[data-only]")) {
      if (link.dataset.only === word) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  }

  // #q=hostPIN is a search, #only=differs a filter of the table, anything else an entry.
  function follow() {
    const name = decodeURIComponent(location.hash.slice(1));
    if (name.startsWith("q=")) search.value = name.slice(2);
    else if (name) search.value = "";
    find();
    narrow(name.startsWith("only=") ? name.slice(5) : "all");
    const place = name && document.getElementById(name.startsWith("only=") ? "table" : name);
    if (!place) return;
    for (let one = place.closest("details"); one; one = one.parentElement.closest("details")) one.open = true;
    for (const one of place.querySelectorAll(":scope > details")) one.open = true;
    place.scrollIntoView();
    // Entries far away are laid out when they come near: what stands above the place is as high as it is only then.
    requestAnimationFrame(() => place.scrollIntoView());
  }

  search.addEventListener("input", () => {
    find();
    history.replaceState(null, "", search.value ? `#q=${encodeURIComponent(search.value)}` : location.pathname);
  });
  search.addEventListener("keydown", (event) => {
    const first = results.querySelector("a");
    if (event.key === "Enter" && first) location.href = first.href;
  });
  addEventListener("hashchange", follow);
  addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  let closed = [];
  addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("main details:not([open])")];
    for (const one of closed) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
  if (matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents").open = false;
  follow();
})();
