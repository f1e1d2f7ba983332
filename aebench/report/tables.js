// Every table sorts by its headings, narrows to rows and columns, and is a CSV file on demand.
function key(row, column) {
  const cell = row.cells[column];
  if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
  if (!cell.classList.contains("number")) return cell.textContent.trim();
  const number = Number.parseFloat(unformatted(cell.textContent));
  return Number.isNaN(number) ? null : number;
}

function unformatted(text) { return text.trim().replaceAll("−", "-").replaceAll(",", ""); }

// Numbers before texts that stand for a missing one, whichever way the column is sorted.
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" && typeof b === "number" ? a - b : `${a}`.localeCompare(`${b}`));
}

function sort(heading) {
  const table = heading.closest("table");
  const before = heading.getAttribute("aria-sort");
  const first = heading.dataset.better === "higher" ? "descending" : "ascending";
  const other = first === "ascending" ? "descending" : "ascending";
  const order = before === first ? other : first;
  table.querySelectorAll("[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", order);
  const column = heading.cellIndex;
  const sign = order === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort((a, b) => compare(key(a, column), key(b, column), sign)));
}

function filterRows(table, words, count) {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...table.tBodies[0].rows];
  rows.forEach((row) => {
    const text = row.textContent.toLowerCase();
    row.hidden = !wanted.every((word) => text.includes(word));
  });
  const left = rows.filter((row) => !row.hidden).length;
  count.textContent = wanted.length ? `${left} of ${rows.length} rows` : "";
}

function showColumn(table, column, shown) {
  [...table.rows].forEach((row) => { row.cells[column].hidden = !shown; });
}

function heading(cell) {
  return cell.dataset.name ?? cell.textContent.trim();
}

function plain(cell) {
  if (cell.dataset.sort !== undefined) return cell.dataset.sort;
  const text = cell.dataset.text ?? cell.textContent.replace(/\s+/g, " ").trim().replace(/^–$/, "");
  return cell.classList.contains("number") ? unformatted(text) : text;
}

// What is shown: rows and columns that are not hidden, intervals in columns of their own.
function csv(table) {
  const head = [...table.tHead.rows[0].cells];
  const columns = head.filter((cell) => !cell.hidden).map((cell) => cell.cellIndex);
  const rows = [...table.tBodies[0].rows].filter((row) => !row.hidden);
  const uncertain = new Set(columns.filter((c) => rows.some((row) => row.cells[c].dataset.half !== undefined)));
  const line = (row, text, doubt) => columns
    .flatMap((c) => (uncertain.has(c) ? [text(row.cells[c]), doubt(row.cells[c])] : [text(row.cells[c])]))
    .map((value) => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value))
    .join(",");
  const below = table.tFoot ? [...table.tFoot.rows] : [];
  const lines = [line(table.tHead.rows[0], heading, (cell) => `${heading(cell)} half interval`)];
  return [...lines, ...[...rows, ...below].map((row) => line(row, plain, (cell) => cell.dataset.half ?? ""))].join("\n") + "\n";
}

function element(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function columnChoice(table) {
  const boxes = [...table.tHead.rows[0].cells].slice(1).map((cell) => {
    const box = element("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => showColumn(table, cell.cellIndex, box.checked));
    return element("label", {}, box, ` ${heading(cell).replaceAll("_", " ")}`);
  });
  const every = (checked) => () => boxes.forEach((label) => {
    label.firstChild.checked = checked;
    label.firstChild.dispatchEvent(new Event("change"));
  });
  const all = element("button", { type: "button", textContent: "all", onclick: every(true) });
  const none = element("button", { type: "button", textContent: "none", onclick: every(false) });
  const choice = element("details", { className: "choice" }, element("summary", { textContent: "Columns" }));
  choice.append(element("div", { className: "boxes" }, ...boxes, all, none));
  return choice;
}

function addTools(table) {
  const name = table.closest(".scroll").getAttribute("aria-label");
  [...table.tHead.rows[0].cells].forEach((cell) => {
    const label = `sort by ${(cell.querySelector("a") ?? cell).textContent.trim()}`;
    const button = element("button", { type: "button", className: "sort", ariaLabel: label });
    button.addEventListener("click", () => sort(cell));
    (cell.querySelector(".direction") ?? cell).append(button);
    cell.dataset.name ??= cell.textContent.trim();
  });
  const count = element("output", {});
  const search = element("input", { type: "search", placeholder: "Filter rows", ariaLabel: `Filter rows: ${name}` });
  search.addEventListener("input", () => filterRows(table, search.value, count));
  const download = element("button", { type: "button", className: "csv", textContent: "CSV", ariaLabel: `Download as CSV: ${name}` });
  download.addEventListener("click", () => save(`${table.id}.csv`, new Blob([csv(table)], { type: "text/csv" })));
  const tools = element("div", { className: "tools" }, search, download, count);
  if (table.tHead.rows[0].cells.length > 3) tools.insertBefore(columnChoice(table), download);
  table.closest(".scroll").before(tools);
}

document.querySelectorAll("main table:not([data-tools=none])").forEach(addTools);
