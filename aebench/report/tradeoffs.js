// What is chosen for the trade-offs, in the form and in the address; what the plot shows of it.
const form = document.querySelector("#tradeoffs form");
const choices = form.elements;
const FAVOURITES = { x: ["budget_seconds", "parameters"], y: ["psnr", "mse"] };

function measured() {
  return scores.values[choices.dataset.value]?.[choices.hardware.value] ?? {};
}

function metricOptions() {
  const there = Object.keys(scores.metrics).filter((name) => name in measured());
  const groups = new Set(there.map((name) => scores.metrics[name].group));
  return [...groups].map((label) => {
    const names = there.filter((name) => scores.metrics[name].group === label);
    const options = names.map((name) => option(name, `${scores.metrics[name].title} ${ARROWS[scores.metrics[name].better]}`.trim()));
    return element("optgroup", { label }, ...options);
  });
}

function fillMetrics(x, y) {
  fill(choices.x, metricOptions(), [x, ...FAVOURITES.x]);
  fill(choices.y, metricOptions(), [y, ...FAVOURITES.y]);
}

function fillLimits(chosen) {
  const costs = Object.keys(scores.metrics).filter((name) => (
    name in measured() && scores.metrics[name].group === "cost" && scores.metrics[name].better === "lower"));
  const named = (name) => `${scores.metrics[name].title}${scores.metrics[name].unit ? ` (${scores.metrics[name].unit})` : ""}`;
  fill(choices.limit, [option("", "no limit"), ...costs.map((name) => option(name, named(name)))], [chosen, ""]);
  choices.most.disabled = !choices.limit.value;
}

// Of the family that is asked for, and within the budget: at most so much of one cost in the mean.
function admitted(setting) {
  if (choices.family.value && scores.families[setting] !== choices.family.value) return false;
  if (!choices.limit.value || choices.most.value === "") return true;
  const cost = measured()[choices.limit.value]?.[setting];
  return Boolean(cost) && cost[0] <= Number(choices.most.value);
}

function positive(metric) {
  return Object.values(measured()[metric] ?? {}).every(([mean]) => mean > 0);
}

// Costs spread over powers of ten; a scale that cannot be logarithmic says so.
function suggestScale(axis) {
  choices[`log${axis}`].checked = scores.metrics[choices[axis].value]?.group === "cost";
}

function read() {
  const { name: place, chosen: said } = address();
  const chosen = place === "tradeoffs" ? said : new URLSearchParams();
  const budget = (name) => (scores.steps[name] ? `, ${scores.steps[name].toLocaleString("en")} steps` : "");
  const datasets = Object.entries(scores.datasets).map(([name, title]) => option(name, title + budget(name)));
  fill(choices.dataset, datasets, [chosen.get("dataset")]);
  fill(choices.hardware, scores.hardware.map((name) => option(name, name)), [chosen.get("hardware")]);
  choices.hardware.parentElement.hidden = scores.hardware.length < 2;
  const families = [...new Set(Object.values(scores.families))];
  fill(choices.family, [option("", "all"), ...families.map((name) => option(name, name))], [chosen.get("family"), ""]);
  choices.family.parentElement.hidden = families.length < 2;
  fillLimits(chosen.get("limit"));
  choices.most.value = chosen.get("most") ?? "";
  fillMetrics(chosen.get("x"), chosen.get("y"));
  ["x", "y"].forEach((axis) => {
    suggestScale(axis);
    if (chosen.has(`log${axis}`)) choices[`log${axis}`].checked = chosen.get(`log${axis}`) === "1";
  });
}

function write() {
  const chosen = new URLSearchParams();
  ["dataset", "hardware", "x", "y"].forEach((name) => chosen.set(name, choices[name].value));
  ["logx", "logy"].forEach((name) => chosen.set(name, Number(choices[name].checked)));
  ["family", "limit", "most"].filter((name) => choices[name].value).forEach((name) => chosen.set(name, choices[name].value));
  history.replaceState(null, "", `#tradeoffs?${chosen}`);
}

function axis(letter) {
  const name = choices[letter].value;
  const metric = scores.metrics[name];
  const box = choices[`log${letter}`];
  box.disabled = !positive(name);
  const log = box.checked && !box.disabled;
  const unit = metric.unit && metric.unit !== metric.title ? ` (${metric.unit})` : "";
  const end = `${unit}${log ? ", logarithmic" : ""} ${ARROWS[metric.better]}`;
  return { metric: name, title: metric.title, better: metric.better, log, name: `${metric.title}${end}`.trim() };
}

function number(score) {
  const round = (value) => Number(value.toPrecision(4)).toLocaleString("en", { maximumSignificantDigits: 4 }).replace("-", "−");
  return score.low === null ? round(score.mean) : `${round(score.mean)} (${round(score.low)} to ${round(score.high)})`;
}

function chosenPoints(axes) {
  const values = measured();
  const score = ([mean, low, high, seeds, failed]) => ({ mean, low, high, seeds, failed });
  const colours = scores.settings[choices.dataset.value];
  const compared = (setting, { metric }) => values[metric]?.[setting]?.[5];
  return Object.keys(colours)
    .filter((setting) => admitted(setting) && compared(setting, axes.x) && compared(setting, axes.y))
    .map((setting) => {
      const [x, y] = [axes.x, axes.y].map(({ metric }) => score(values[metric][setting]));
      const failed = Math.max(x.failed, y.failed);
      const seeds = Math.min(x.seeds, y.seeds);
      const doubt = `n = ${seeds}${failed ? `, ${failed} failed` : ""}`;
      const text = `${setting}: ${axes.x.title} ${number(x)}; ${axes.y.title} ${number(y)}; ${doubt}`;
      return { setting, x, y, failed, seeds, text, colour: colours[setting] };
    });
}

function showNumbers(points, front, axes) {
  const cell = (score) => {
    const made = element("td", { className: "number", textContent: number(score) });
    made.dataset.sort = score.mean;
    return made;
  };
  const head = (text, better) => {
    const made = element("th", { scope: "col", textContent: text, className: better ? "number" : "" });
    if (better) made.dataset.better = better;
    return made;
  };
  const rows = points.map((point) => element("tr", {},
    element("th", { scope: "row" }, element("span", { className: "swatch", style: `background:${point.colour}` }), point.setting),
    cell(point.x), cell(point.y), element("td", { textContent: `${point.seeds}${point.failed ? ` (${point.failed} failed)` : ""}` }),
    element("td", { textContent: front.includes(point) ? "on the front" : "" })));
  const table = element("table", { className: "results", id: "tradeoff-numbers" },
    element("caption", { textContent: "What the plot shows: means, with 95 % intervals in brackets" }),
    element("thead", {}, element("tr", {}, head("setting"), head(axes.x.title, axes.x.better), head(axes.y.title, axes.y.better), head("seeds"), head("Pareto front"))),
    element("tbody", {}, ...rows));
  const scroll = element("div", { className: "scroll", tabIndex: 0, role: "region", ariaLabel: "What the plot shows" }, table);
  document.querySelector("#tradeoffs .numbers").replaceChildren(scroll);
  addTools(table);
}

function draw() {
  const drawing = document.querySelector("#tradeoffs .drawing");
  const status = document.querySelector("#tradeoffs .front");
  if (!choices.x.value || !choices.y.value) {
    drawing.replaceChildren();
    status.textContent = "Nothing was measured here.";
    return;
  }
  const axes = { x: axis("x"), y: axis("y") };
  const points = chosenPoints(axes);
  const front = paretoFront(points, axes.x.better, axes.y.better);
  const width = Math.max(280, drawing.clientWidth || 900);
  drawing.replaceChildren(...(points.length ? [drawScatter(points, front, axes, width, Math.min(560, Math.max(320, width * 0.6)))] : []));
  const undirected = [axes.x, axes.y].filter((each) => each.better === "neither").map((each) => each.title);
  const names = front.map((point) => point.setting).join(", ");
  const hollow = points.some((point) => point.failed) ? " Hollow: a seed failed; never on the front." : "";
  status.textContent = (!points.length ? "No setting that is asked for has both." : undirected.length
    ? `No Pareto front: neither direction of ${undirected.join(" or ")} is better.`
    : `Pareto front: ${names}.`) + hollow;
  showNumbers(points, front, axes);
}

form.addEventListener("change", (event) => {
  const { name } = event.target;
  if (name === "dataset" || name === "hardware") {
    fillMetrics(choices.x.value, choices.y.value);
    fillLimits(choices.limit.value);
  }
  if (name === "limit") fillLimits(choices.limit.value);
  if (name === "x" || name === "y") suggestScale(name);
  write();
  draw();
});
form.addEventListener("submit", (event) => event.preventDefault()); // Enter in a field
choices.swap.addEventListener("click", () => {
  const [x, y, logx, logy] = ["x", "y"].map((name) => choices[name].value)
    .concat([choices.logx.checked, choices.logy.checked]);
  fillMetrics(y, x);
  [choices.logx.checked, choices.logy.checked] = [logy, logx];
  write();
  draw();
});
document.querySelector("#tradeoffs .save").addEventListener("click", (event) => {
  event.preventDefault();
  const drawn = document.querySelector("#tradeoffs .drawing svg");
  if (!drawn) return;
  const name = `${choices.dataset.value}-${choices.y.value}-against-${choices.x.value}.svg`;
  save(name, new Blob([new XMLSerializer().serializeToString(drawn)], { type: "image/svg+xml" }));
});
addEventListener("keydown", ({ key }) => {
  const drawn = document.querySelector("#tradeoffs .drawing svg");
  if (key === "Escape") drawn?.dispatchEvent(new PointerEvent("pointerleave", { pointerType: "mouse" }));
});

addEventListener("hashchange", () => {
  if (address().name === "tradeoffs" && [...address().chosen].length) { read(); draw(); }
});
read();
show();

// Also when the page that the plot is on comes into view.
let drawnWidth = 0;
new ResizeObserver(([{ contentRect: { width } }]) => {
  if (width && width !== drawnWidth) draw();
  drawnWidth = width || drawnWidth;
}).observe(document.querySelector("#tradeoffs .drawing"));
