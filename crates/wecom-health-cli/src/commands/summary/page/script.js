"use strict";
// Sorts the table, searches it, and filters it by option, also from the charts. Without this script, the whole table is there.
(() => {
  const table = document.querySelector("table");
  if (!table) return;
  const body = table.tBodies[0];
  const controls = document.querySelector(".controls");
  const search = controls.querySelector("input");
  const filters = Array.from(controls.querySelectorAll("select"));
  const shown = controls.querySelector("output");
  const plain = (text) => text.normalize("NFKC").toLowerCase();
  const rows = Array.from(body.rows, (row) => ({ row, text: plain(Array.from(row.cells, (cell) => cell.textContent).join("\n")) }));

  const headings = Array.from(table.tHead.rows[0].cells);
  const columns = new Map(headings.map((heading, column) => [heading.dataset.question, column]));
  const passes = (row, filter) => {
    const cell = row.cells[columns.get(filter.dataset.question)];
    if (filter.value === "none") return cell.textContent === "";
    return filter.value === "" || (cell.dataset.options || "").split(" ").includes(filter.value);
  };
  const show = () => {
    const words = plain(search.value).split(/\s+/);
    let count = 0;
    for (const { row, text } of rows) {
      row.hidden = !(words.every((word) => text.includes(word)) && filters.every((filter) => passes(row, filter)));
      count += row.hidden ? 0 : 1;
    }
    // What is printed says by what it was filtered.
    table.closest("details").classList.toggle("filtered", count < rows.length);
    shown.value = shown.dataset.text.replace("{shown}", count).replace("{all}", rows.length);
  };

  const order = new Intl.Collator(document.documentElement.lang, { numeric: true });
  const key = (text, row) => ({ row, text, number: parseFloat(plain(text)) });
  // Numbers come before texts: 36.45 is less than 36.5, but user9 comes before user10.
  const compare = (one, other) =>
    isNaN(one.number) - isNaN(other.number) || one.number - other.number || order.compare(one.text, other.text);
  const sort = (heading, column) => {
    const sign = heading.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", sign === 1 ? "ascending" : "descending");
    const keyed = rows.map(({ row }) => key(row.cells[column].textContent, row));
    // Empty cells come last in both directions.
    keyed.sort((one, other) => (one.text === "") - (other.text === "") || sign * compare(one, other));
    body.append(...keyed.map(({ row }) => row));
  };

  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = heading.textContent;
    button.addEventListener("click", () => sort(heading, column));
    heading.replaceChildren(button);
  });
  // An option in a chart shows who chose it.
  for (const filter of filters) {
    for (const option of document.querySelectorAll(`article[data-question="${filter.dataset.question}"] li[data-option]`)) {
      const label = option.querySelector("span");
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = label.textContent;
      button.addEventListener("click", () => {
        search.value = "";
        for (const other of filters) other.value = other === filter ? option.dataset.option : "";
        show();
        table.closest("details").open = true;
        controls.scrollIntoView();
      });
      label.replaceChildren(button);
    }
  }

  search.addEventListener("input", show);
  filters.forEach((filter) => filter.addEventListener("change", show));
  controls.hidden = false;
  show();
})();
