// Two settings beside each other: every metric with its difference, the verdict, and the pictures.
const comparison = document.querySelector("#compare form");
const sides = comparison.elements;
const SAID = { 1: "first is better", 2: "second is better", "=": "cannot tell", "-": "not tested" };

function settingsOf(dataset, hardware) {
  const values = scores.seeds[dataset]?.[hardware] ?? {};
  return Object.keys(scores.settings[dataset]).filter((name) => Object.values(values).some((of) => name in of));
}

function fillSides(first, second) {
  const names = settingsOf(sides.dataset.value, sides.hardware.value);
  const made = () => names.map((name) => option(name, name));
  fill(sides.first, made(), [first]);
  fill(sides.second, made(), [second, names[1]]);
}

function readPair() {
  const { name, chosen } = address();
  const said = name === "compare" ? chosen : new URLSearchParams();
  fill(sides.dataset, Object.entries(scores.datasets).map(([each, title]) => option(each, title)), [said.get("dataset")]);
  fill(sides.hardware, scores.hardware.map((each) => option(each, each)), [said.get("hardware")]);
  sides.hardware.parentElement.hidden = scores.hardware.length < 2;
  fillSides(said.get("first"), said.get("second"));
}

function writePair() {
  const chosen = new URLSearchParams();
  ["dataset", "hardware", "first", "second"].forEach((name) => chosen.set(name, sides[name].value));
  history.replaceState(null, "", `#compare?${chosen}`);
}

// Mean of the differences over common seeds, with Student's interval; none where no seed is common.
function difference(first, second) {
  const apart = first.map((value, i) => (value === null || second[i] === null ? null : value - second[i])).filter((each) => each !== null);
  if (!apart.length) return null;
  const mean = apart.reduce((sum, each) => sum + each, 0) / apart.length;
  const quantile = scores.quantiles[apart.length];
  if (!quantile) return { mean, low: null, high: null };
  const variance = apart.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (apart.length - 1);
  const half = quantile * Math.sqrt(variance / apart.length);
  return { mean, low: mean - half, high: mean + half };
}

// Letters stand for pairs in the order (0, 1), (0, 2), ..., (1, 2), ...
function verdict(metric, first, second) {
  const letters = scores.verdicts[sides.dataset.value]?.[sides.hardware.value]?.[metric];
  if (!letters || first === second) return "";
  const names = Object.keys(scores.settings[sides.dataset.value]);
  const [a, b] = [names.indexOf(first), names.indexOf(second)];
  const [low, high] = [Math.min(a, b), Math.max(a, b)];
  const letter = letters[low * names.length - (low * (low + 1)) / 2 + high - low - 1];
  const turned = a < b ? letter : { 1: "2", 2: "1" }[letter] ?? letter;
  return SAID[turned];
}

function comparedRows(first, second) {
  const { dataset: { value: dataset }, hardware: { value: hardware } } = sides;
  const means = scores.values[dataset]?.[hardware] ?? {};
  const seeds = scores.seeds[dataset]?.[hardware] ?? {};
  const unscored = scores.unscored[dataset]?.[hardware] ?? {};
  const given = (name, setting) => {
    const [mean, low, high, count, failed] = means[name]?.[setting] ?? [];
    return mean === undefined ? { said: unscored[name]?.[setting] ?? "–" } : { mean, low, high, count, failed };
  };
  const known = (name, setting) => means[name]?.[setting] || unscored[name]?.[setting];
  return Object.keys(scores.metrics).filter((name) => known(name, first) || known(name, second)).map((name) => {
    const of = seeds[name] ?? {};
    const apart = of[first] && of[second] ? difference(of[first], of[second]) : null;
    return {
      name, first: given(name, first), second: given(name, second), apart: apart ?? { said: "–" },
      verdict: apart ? verdict(name, first, second) : "",
    };
  });
}

function significant(value, digits) {
  const text = Math.abs(value) > 0 && Math.abs(value) < 1e-4 ? value.toExponential(digits - 1)
    : Number(value.toPrecision(digits)).toLocaleString("en", { maximumSignificantDigits: digits });
  return text.replaceAll("-", "−");
}

// A mean with half its interval, of how many seeds where some failed; or what is said in its place.
function scoreCell({ mean, low, high, count, failed, said }) {
  const made = element("td", { className: "number", textContent: said ?? significant(mean, 4) });
  if (said === "failed") made.replaceChildren(element("a", { className: "failed", href: "#failures", textContent: said }));
  if (said) return made;
  made.dataset.sort = mean;
  if (low !== null) {
    const half = (high - low) / 2;
    made.dataset.half = half;
    made.append(element("span", { className: "half", textContent: ` ±${significant(half, 2)}` }));
  }
  if (failed) made.append(" ", element("a", { className: "failed", href: "#failures", textContent: `n = ${count} of ${count + failed}` }));
  return made;
}

function comparedTable(rows, first, second) {
  const head = ["metric", "group", first, second, "difference", "verdict"].map((text, i) => (
    element("th", { scope: "col", textContent: text, className: i > 1 && i < 5 ? "number" : "" })));
  const body = rows.map((row) => {
    const metric = scores.metrics[row.name];
    const link = element("a", { href: `#metric-${row.name}`, textContent: metric.title });
    const unit = metric.unit ? [element("span", { className: "unit", textContent: metric.unit })] : [];
    const better = { "first is better": first, "second is better": second }[row.verdict];
    return element("tr", {},
      element("th", { scope: "row" }, link, ` ${ARROWS[metric.better]} `, ...unit),
      element("td", { textContent: metric.group }), scoreCell(row.first), scoreCell(row.second), scoreCell(row.apart),
      element("td", { textContent: better ? `${better} is better` : row.verdict }));
  });
  const table = element("table", { className: "results", id: "compare-numbers" },
    element("caption", { textContent: `${first} and ${second} on ${scores.datasets[sides.dataset.value]}` }),
    element("thead", {}, element("tr", {}, ...head)), element("tbody", {}, ...body));
  return element("div", { className: "scroll tall", tabIndex: 0, role: "region", ariaLabel: table.caption.textContent }, table);
}

// The pictures stand in the page once, with their variants: here they are shown again.
function pictureBeside(figure, setting) {
  const found = [...document.querySelectorAll("article.variant figure[data-figure]")].find((each) => (
    each.dataset.figure === figure && each.dataset.setting === setting && each.dataset.dataset === sides.dataset.value));
  const caption = element("figcaption", {}, element("b", { textContent: figure }), `, ${setting}`);
  const shown = found ? found.querySelector("img").cloneNode() : element("p", { className: "nothing", textContent: "none" });
  return element("figure", {}, element("div", { className: "paper scroll" }, shown), caption);
}

function drawPair() {
  const [first, second] = [sides.first.value, sides.second.value];
  if (!first) return;
  const rows = comparedRows(first, second);
  document.querySelector("#compare .numbers").replaceChildren(comparedTable(rows, first, second));
  addTools(document.getElementById("compare-numbers"));
  const wins = (said) => rows.filter((row) => row.verdict === said).length;
  const told = rows.filter((row) => row.verdict && row.verdict !== SAID["-"]).length;
  document.querySelector("#compare .verdict").textContent = first === second
    ? "Choose two different settings."
    : !told ? "Nothing was tested: there is one seed alone, or one failed."
    : `Of ${told} metrics that were tested, ${first} is better by ${wins(SAID[1])}, ${second} by ${wins(SAID[2])}; ${wins(SAID["="])} cannot tell them apart; each metric is tested by itself, and many say the same thing.`;
  const of = (setting) => [...document.querySelectorAll("article.variant figure[data-figure]")]
    .filter((each) => each.dataset.dataset === sides.dataset.value && each.dataset.setting === setting)
    .map((each) => each.dataset.figure);
  const [ofFirst, ofSecond] = [of(first), of(second)];
  const both = ofFirst.filter((figure) => ofSecond.includes(figure));
  const figures = [...new Set([...both, ...ofFirst, ...ofSecond])];
  document.querySelector("#compare .beside").replaceChildren(
    ...figures.flatMap((figure) => [pictureBeside(figure, first), pictureBeside(figure, second)]));
}

comparison.addEventListener("change", ({ target: { name } }) => {
  if (name === "dataset" || name === "hardware") fillSides(sides.first.value, sides.second.value);
  writePair();
  drawPair();
});
sides.swap.addEventListener("click", () => {
  fillSides(sides.second.value, sides.first.value);
  writePair();
  drawPair();
});
addEventListener("hashchange", () => {
  if (address().name === "compare" && [...address().chosen].length) { readPair(); drawPair(); }
});
readPair();
drawPair();
