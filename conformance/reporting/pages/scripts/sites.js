// Clauses by site: filters and the opened cell stand in the address, #by-site?outcome=failed&clause=R41.7.0-02&on=staging.
"use strict";
(() => {
  const form = document.querySelector(".filters");
  const rows = [...document.querySelectorAll(".matrix tbody tr")];
  const columns = [...document.querySelectorAll(".matrix [data-site]")];
  const shown = document.getElementById("rows-shown");
  const dialog = document.getElementById("told");
  const body = document.getElementById("told-body");
  const data = JSON.parse(document.getElementById("results-of-sites").textContent);
  const LINES = ["check", "element", "expected", "actual"];

  function asked() {
    const [view, query] = location.hash.slice(1).split("?");
    return { here: view === "by-site", wanted: new URLSearchParams(query || "") };
  }

  function address(change) {
    const { wanted } = asked();
    for (const [key, value] of Object.entries(change)) value ? wanted.set(key, value) : wanted.delete(key);
    return wanted.size ? `#by-site?${wanted}` : "#by-site";
  }

  function fits(row, wanted) {
    const { level, release, operations } = row.dataset;
    if (wanted.get("level") && level !== wanted.get("level")) return false;
    if (wanted.get("release") && release !== wanted.get("release")) return false;
    if (wanted.get("operation") && !operations.split("|").includes(wanted.get("operation"))) return false;
    const cells = [...row.querySelectorAll("td")].filter((cell) => !wanted.get("site") || cell.dataset.site === wanted.get("site"));
    return !wanted.get("outcome") || cells.some((cell) => cell.dataset.outcome === wanted.get("outcome"));
  }

  function narrow(wanted) {
    for (const cell of columns) cell.classList.toggle("out", Boolean(wanted.get("site")) && cell.dataset.site !== wanted.get("site"));
    let count = 0;
    for (const row of rows) {
      const kept = fits(row, wanted);
      row.classList.toggle("out", !kept);
      count += kept;
    }
    shown.textContent = `${count} of ${rows.length} clauses`;
  }

  function make(name, text, kind) {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  }

  function facts(violation) {
    const list = make("dl");
    const [check, operation, path, expected, actual] = violation;
    [check, `${operation} ${path}`.trim(), expected, actual].forEach((text, nth) => list.append(make("dt", LINES[nth]), make("dd", text)));
    return list;
  }

  function evidence(exchanges) {
    const line = make("p", "exchange ", "small");
    for (const [name, link] of exchanges) {
      const one = make(link ? "a" : "code", name);
      if (link) one.href = link;
      line.append(one, " ");
    }
    return line;
  }

  function scenario([, title, place, level], letter, found) {
    const part = make("section");
    const heading = make("h3", `${title} `);
    heading.append(make("span", data.letters[letter] || "not run", `chip ${data.letters[letter] || ""}`), " ", make("span", level, `level ${level}`));
    part.append(heading, make("p", place, "small quiet path"));
    if (!found) return part;
    const [why, violations, exchanges] = found;
    if (why) part.append(make("p", why));
    part.append(...violations.map(facts));
    if (exchanges.length) part.append(evidence(exchanges));
    return part;
  }

  function open(clause, site) {
    const one = data.sites[site];
    const row = rows.find((each) => each.dataset.clause === clause);
    if (!one || !row) return;
    document.getElementById("told-heading").textContent = `${clause} on ${site}`;
    const told = data.scenarios.map((each, nth) => [each, nth]).filter(([each]) => each[0] === clause);
    const says = make("p", document.querySelector(`[id="${clause}"] .claim`).textContent);
    says.append(" ", make("span", row.dataset.level, `level ${row.dataset.level}`));
    body.replaceChildren(says, ...told.map(([each, nth]) => scenario(each, one.letters[nth], one.found[nth])));
    if (!dialog.open) dialog.showModal();
  }

  function follow() {
    const { here, wanted } = asked();
    if (!here) return;
    for (const field of form.elements) if (field.name) field.value = wanted.get(field.name) || "";
    narrow(wanted);
    if (wanted.get("clause")) open(wanted.get("clause"), wanted.get("on"));
    else if (dialog.open) dialog.close();
  }

  form.addEventListener("change", (event) => {
    history.replaceState(null, "", address({ [event.target.name]: event.target.value }));
    follow();
  });
  document.querySelector(".matrix").addEventListener("click", (event) => {
    const cell = event.target.closest("button.cell");
    if (!cell) return;
    history.replaceState(null, "", address({ clause: cell.closest("tr").dataset.clause, on: cell.closest("td").dataset.site }));
    follow();
  });
  dialog.addEventListener("close", () => {
    history.replaceState(null, "", address({ clause: "", on: "" }));
  });
  addEventListener("hashchange", follow);
  narrow(new URLSearchParams());
  follow();
})();
