// One search for every page: names first, then words; what it knows stands in the page itself.
"use strict";
const lookUp = (() => {
  const rows = JSON.parse(document.getElementById("index").textContent).map(([name, kind, words, address]) => ({
    name, kind, words, address, low: name.toLowerCase(), text: `${name} ${kind} ${words}`.toLowerCase(),
  }));

  function rank(row, query) {
    if (row.low === query) return 0;
    if (row.low.startsWith(query)) return 1;
    return row.low.includes(query) ? 2 : 3;
  }

  function line(row) {
    const item = document.createElement("li");
    const link = document.createElement("a");
    link.href = row.address;
    link.textContent = row.name;
    const kind = document.createElement("span");
    kind.className = "level";
    kind.textContent = row.kind;
    const words = document.createElement("span");
    words.className = "quiet small";
    words.textContent = row.words;
    item.append(link, " ", kind, " ", words);
    return item;
  }

  // The rows that hold every word of the query; of some kinds only where they are named.
  return (query, most, kinds) => {
    const asked = query.toLowerCase().trim();
    const words = asked.split(/\s+/).filter(Boolean);
    if (!words.length) return { count: 0, items: [] };
    const found = rows.filter((row) => (!kinds || kinds(row.kind)) && words.every((word) => row.text.includes(word)));
    found.sort((a, b) => rank(a, asked) - rank(b, asked));
    return { count: found.length, items: found.slice(0, most).map(line) };
  };
})();
