// The list, its filters in the address, and one clause opened to its nights.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const form = document.querySelector("form");
  const rows = document.getElementById("rows");
  const found = document.getElementById("found");
  const one = document.getElementById("one");
  const FIELDS = ["q", "site", "release", "state"];
  const NAMES = data.letters;
  const MARKS = { P: ".", W: "w", U: "u", Y: "~", S: "s", O: "o", "-": " " };
  const PLAIN = new Set(["passing", "never"]);
  const MOST = 400;

  const all = data.sites.flatMap((site) => site.clauses.map((clause) => ({ ...clause, site })));
  for (const row of all) {
    const scenarios = row.scenarios.map((scenario) => scenario[0]);
    row.text = [row.clause, row.operations.join(" "), row.words, row.change, ...scenarios].join(" ").toLowerCase();
  }

  // What a reader must see first stands first.
  const ORDER = [...form.elements.state.options].map((option) => option.value);
  all.sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));

  function letters(runs) {
    return runs.replace(/(\d+)(\D)/g, (_, count, letter) => letter.repeat(Number(count)));
  }

  function make(name, text, kind) {
    const node = document.createElement(name);
    if (text !== undefined) node.textContent = text;
    if (kind) node.className = kind;
    return node;
  }

  function asked() {
    return new URLSearchParams(location.hash.slice(1));
  }

  function address(change) {
    const wanted = asked();
    for (const [key, value] of Object.entries(change)) value ? wanted.set(key, value) : wanted.delete(key);
    return `#${wanted}`;
  }

  function marks(text) {
    const cell = make("span", undefined, "marks");
    const last = text.slice(-30);
    cell.setAttribute("role", "img");
    cell.setAttribute("aria-label", spoken(last));
    for (const letter of last) cell.append(make("i", MARKS[letter] || letter, `m-${letter}`));
    return cell;
  }

  function spoken(text) {
    return [...new Set(text)].map((letter) => `${text.split(letter).length - 1} ${NAMES[letter]}`).join(", ");
  }

  function shown(row, wanted) {
    const state = wanted.get("state") || "";
    const words = (wanted.get("q") || "").toLowerCase().split(/\s+/).filter(Boolean);
    if (wanted.get("site") && row.site.site !== wanted.get("site")) return false;
    if (wanted.get("release") && row.release !== wanted.get("release")) return false;
    const narrowed = words.length || wanted.get("release");
    if (state === "" ? PLAIN.has(row.state) && !narrowed : state !== "any" && row.state !== state) return false;
    return words.every((word) => row.text.includes(word));
  }

  function line(row) {
    const cells = make("tr");
    const link = make("a", row.clause);
    link.href = address({ clause: row.clause, on: row.site.site });
    const first = make("th");
    first.scope = "row";
    first.append(link, make("div", row.operations.join(", "), "quiet small"));
    cells.append(first, make("td", row.site.site));
    const state = make("td");
    state.append(make("span", row.state, `chip ${row.state}`));
    cells.append(state, make("td", row.since), make("td", row.since_release));
    const strip = make("td");
    strip.append(marks(letters(row.letters)));
    cells.append(strip);
    return cells;
  }

  function list(wanted) {
    const kept = all.filter((row) => shown(row, wanted));
    rows.replaceChildren(...kept.slice(0, MOST).map(line));
    const more = kept.length > MOST ? `, the first ${MOST} shown` : "";
    found.textContent = `${kept.length} of ${all.length}${more}`;
  }

  function stretches(text, nights) {
    const told = make("ol");
    let start = 0;
    for (let place = 1; place <= text.length; place += 1) {
      if (place < text.length && text[place] === text[start]) continue;
      const from = nights[start][0];
      const to = nights[place - 1][0];
      const count = place - start;
      const ran = nights[start][1];
      told.append(make("li", `${from}${count > 1 ? ` to ${to}, ${count} nights` : ""}: ${NAMES[text[start]]}; the site ran ${ran}, suite ${nights[start][2]}`));
      start = place;
    }
    return told;
  }

  function open(wanted) {
    const row = all.find((each) => each.clause === wanted.get("clause") && each.site.site === wanted.get("on"));
    one.hidden = !row;
    one.replaceChildren();
    if (!row) return;
    const heading = make("h2", `${row.clause} on ${row.site.site} `);
    heading.append(make("span", row.state, `chip ${row.state}`));
    const close = make("a", "close");
    close.href = address({ clause: "", on: "" });
    one.append(heading, close);
    const facts = [`${row.level}, ${row.operations.join(", ")}`];
    if (row.since) facts.push(`${row.state} since ${row.since} (site ran ${row.since_release})`);
    if (row.change) facts.push(row.change);
    facts.push(row.last_judged ? `last judged ${row.last_judged}` : "never judged");
    one.append(make("p", facts.join("; ")));
    if (row.words) one.append(make("p", row.words, "path"));
    if (row.aside) one.append(make("p", row.aside, "small"));
    if (row.exchanges.length) {
      one.append(make("p", "Exchanges of the last night that found something:", "small quiet"));
      const files = make("ul");
      for (const file of row.exchanges) files.append(make("li", file, "path"));
      one.append(files);
    }
    for (const [title, state, runs] of row.scenarios) {
      one.append(make("h3", state ? `${title}: ${state}` : title));
      one.append(stretches(letters(runs || row.letters), row.site.nights));
    }
  }

  function show() {
    const wanted = asked();
    for (const name of FIELDS) if (form.elements[name] !== document.activeElement) form.elements[name].value = wanted.get(name) || "";
    list(wanted);
    open(wanted);
  }

  form.addEventListener("input", (event) => {
    history.replaceState(null, "", address({ [event.target.name]: event.target.value }));
    list(asked());
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => {
    show();
    if (!one.hidden) one.scrollIntoView({ block: "nearest" });
  });
  show();
})();
