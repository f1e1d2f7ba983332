// Without this script everything reads in sequence; with it variants are pages and columns sort.
"use strict";

const pages = [...document.querySelectorAll(".page")];

function show() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const shown = target?.closest(".page") ?? pages[0];
  pages.forEach((page) => { page.hidden = page !== shown; });
  if (target && target !== pages[0]) target.scrollIntoView();
  else scrollTo(0, 0);
  document.querySelectorAll("nav.top a").forEach((link) => {
    const current = link.hash === location.hash
      || (link.hash === "#variants" && shown !== pages[0]);
    if (current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

function key(row, column) {
  const cell = row.cells[column];
  if (cell.dataset.sort !== undefined) return Number(cell.dataset.sort);
  return cell.classList.contains("number") ? null : cell.textContent.trim();
}

// Numbers before texts that stand for a missing one, whichever way the column is sorted.
function compare(a, b, sign) {
  if (a === null || b === null) return (a === null) - (b === null);
  return sign * (typeof a === "number" ? a - b : a.localeCompare(b));
}

function sort(heading) {
  const table = heading.closest("table");
  const before = heading.getAttribute("aria-sort");
  const first = heading.dataset.better === "higher" ? "descending" : "ascending";
  const other = first === "ascending" ? "descending" : "ascending";
  const order = before === first ? other : first;
  table.querySelectorAll("[aria-sort]").forEach((each) => each.removeAttribute("aria-sort"));
  heading.setAttribute("aria-sort", order);
  const column = Number(heading.dataset.column);
  const sign = order === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort((a, b) => compare(key(a, column), key(b, column), sign)));
}

document.querySelectorAll("table.sortable [data-column]").forEach((heading) => {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "sort";
  button.setAttribute("aria-label", `sort by ${(heading.querySelector("a") ?? heading).textContent.trim()}`);
  button.addEventListener("click", () => sort(heading));
  heading.insertBefore(button, heading.querySelector(".unit"));
});

// The picture shown is the file: it is in the page once.
document.querySelectorAll("a[data-svg]").forEach((link) => {
  link.href = link.closest("figure").querySelector("img").src;
  link.download = link.dataset.svg;
});

addEventListener("hashchange", show);
addEventListener("beforeprint", () => pages.forEach((page) => { page.hidden = false; }));
addEventListener("afterprint", show);
show();
