// What the page's forms choose from, and how a field is filled.
const scores = JSON.parse(document.getElementById("scores").textContent);
const ARROWS = { higher: "↑", lower: "↓", neither: "" };

function fill(select, options, chosen) {
  select.replaceChildren(...options);
  const known = [...select.options].map((option) => option.value);
  select.value = chosen.find((value) => known.includes(value)) ?? known[0] ?? "";
}

function option(value, text) { return element("option", { value, textContent: text }); }
