// Without this script everything reads in sequence; with it variants are pages and links unfold.
const pages = [...document.querySelectorAll(".page")];
const folds = [...document.querySelectorAll("details.fold, details.evidence")];

// An address is a name, and for the trade-offs what is chosen there: #tradeoffs?x=mse
function address() {
  const [name, chosen] = location.hash.slice(1).split("?");
  return { name: decoded(name), chosen: new URLSearchParams(chosen) };
}

// Anyone may write a lone % into an address.
function decoded(name) {
  try { return decodeURIComponent(name); } catch { return name; }
}

function show() {
  const { name } = address();
  const target = document.getElementById(name);
  const shown = target?.closest(".page") ?? pages[0];
  pages.forEach((page) => { page.hidden = page !== shown; });
  for (let fold = target?.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
  if (target && target !== pages[0]) target.scrollIntoView();
  else scrollTo(0, 0);
  document.querySelectorAll("nav.top a").forEach((link) => {
    const current = link.hash === `#${name}` || (link.hash === "#variants" && shown !== pages[0]);
    if (current) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

document.querySelectorAll(".scripted").forEach((element) => { element.hidden = false; });

function save(name, content) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

// Full tables lie gzipped in the page; a browser that can unpacks them.
document.querySelectorAll("a[download$='.csv.gz']").forEach((link) => {
  if (typeof DecompressionStream === "undefined") return;
  link.addEventListener("click", async (event) => {
    event.preventDefault();
    const packed = atob(link.href.slice(link.href.indexOf(",") + 1));
    const bytes = Uint8Array.from(packed, (character) => character.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    const text = await new Response(stream).text();
    save(link.download.replace(/\.gz$/, ""), new Blob([text], { type: "text/csv" }));
  });
});

let closed = [];
addEventListener("hashchange", show);
addEventListener("beforeprint", () => {
  pages.forEach((page) => { page.hidden = false; });
  closed = folds.filter((fold) => !fold.open);
  closed.forEach((fold) => { fold.open = true; });
});
addEventListener("afterprint", () => {
  closed.forEach((fold) => { fold.open = false; });
  show();
});
