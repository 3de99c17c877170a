// Views, search and deep links. Without it the page shows everything, one view after the other.
"use strict";
(() => {
  const search = document.getElementById("search");
  const status = document.getElementById("found");
  const views = [...document.querySelectorAll(".view")];
  const clauses = [...document.querySelectorAll(".clause")];
  const lines = [...document.querySelectorAll("[data-clause]")];
  const contents = [...document.querySelectorAll("[data-item]")];
  const groups = [...document.querySelectorAll(".item, section.release, .group")];
  // A clause is also found by the heading it stands under, in both languages.
  const texts = new Map(clauses.map((clause) => [clause, told(clause, clause.closest(".item"))]));
  const beside = document.getElementById("results");
  const FEW = 12;

  function told(clause, item) {
    const heading = [...item.children].filter((child) => !child.matches(".clause")).map((child) => child.textContent);
    return [clause.textContent, ...heading].join(" ").toLowerCase();
  }

  function wanted() {
    return search.value.toLowerCase().split(/\s+/).filter(Boolean);
  }

  function filter() {
    const words = wanted();
    const fits = (text) => words.every((word) => text.includes(word));
    const kept = new Set(clauses.filter((clause) => fits(texts.get(clause))));
    for (const clause of clauses) clause.hidden = !kept.has(clause);
    for (const line of lines) line.hidden = !kept.has(document.getElementById(line.dataset.clause));
    for (const group of groups) group.hidden = !group.querySelector(".clause:not([hidden]), [data-clause]:not([hidden])");
    for (const link of contents) link.hidden = document.getElementById(link.dataset.item).closest("section").hidden;
    document.body.classList.toggle("searching", words.length > 0);
    status.textContent = words.length ? `${kept.size} of ${clauses.length} clauses` : "";
    // What the page of the contract has of it; the clauses are told in full below.
    beside.replaceChildren(...lookUp(search.value, FEW, (kind) => kind !== "clause").items);
    open(words, kept);
    highlight(words, kept);
  }

  // Few results show where they match; many would bury the reader.
  function open(words, kept) {
    const few = words.length > 0 && kept.size <= FEW;
    for (const one of document.querySelectorAll("details.scenario, details.many")) {
      one.open = few && kept.has(one.closest(".clause")) && hides(one, words);
    }
  }

  function hides(details, words) {
    const [text, summary] = [details, details.querySelector("summary")].map((one) => one.textContent.toLowerCase());
    return words.some((word) => text.includes(word) && !summary.includes(word));
  }

  function highlight(words, kept) {
    if (!("highlights" in CSS)) return;
    CSS.highlights.delete("found");
    if (!words.length || kept.size > 4 * FEW) return;
    const ranges = [];
    for (const clause of kept) {
      const walk = document.createTreeWalker(clause, NodeFilter.SHOW_TEXT);
      for (let node = walk.nextNode(); node; node = walk.nextNode()) {
        const text = node.data.toLowerCase();
        for (const word of words) {
          for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + word.length);
            ranges.push(range);
          }
        }
      }
    }
    CSS.highlights.set("found", new Highlight(...ranges));
  }

  function show(name) {
    for (const view of views) view.hidden = view.id !== name;
    document.body.classList.toggle("listing", name !== "by-release");
    for (const link of document.querySelectorAll("[data-view]")) {
      if (link.dataset.view === name) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
  }

  // #by-operation is a view, with filters behind a question mark, #q=freeAccount a search, anything else a place among the releases.
  function follow() {
    const name = decodeURIComponent(location.hash.slice(1)).replace(/^by-site\?.*$/, "by-site");
    if (name.startsWith("q=")) {
      search.value = name.slice(2);
      filter();
      return;
    }
    const place = name && document.getElementById(name);
    const view = place && place.closest(".view");
    if (!view) return;
    show(view.id);
    if (place === view) return;
    const clause = place.closest(".clause");
    if (place.hidden || place.closest("[hidden]")) {
      search.value = "";
      filter();
    }
    if (clause) for (const one of clause.querySelectorAll("details")) one.open = true;
    place.scrollIntoView();
    // Clauses far away are laid out when they come near.
    requestAnimationFrame(() => place.scrollIntoView());
  }

  // What is searched for stands in the address, to be sent on.
  search.addEventListener("input", () => {
    filter();
    history.replaceState(null, "", search.value ? `#q=${encodeURIComponent(search.value)}` : location.pathname);
  });
  window.addEventListener("hashchange", follow);
  window.addEventListener("keydown", (event) => {
    if (event.key === "/" && document.activeElement !== search) {
      event.preventDefault();
      search.focus();
    }
  });
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = [...document.querySelectorAll("main details:not([open])")];
    for (const one of closed) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of closed) one.open = false;
  });
  if (window.matchMedia("(max-width: 60rem)").matches) document.querySelector(".contents").open = false;
  show("by-release");
  follow();
})();
