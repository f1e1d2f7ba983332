// A scatter plot of points with intervals, as SVG: scales, ticks, Pareto front, labels.
const SVG_NAMES = "http://www.w3.org/2000/svg";
const MARGIN = { left: 64, right: 18, top: 14, bottom: 46 };

function svg(name, attributes, ...children) {
  const made = document.createElementNS(SVG_NAMES, name);
  Object.entries(attributes).forEach(([each, value]) => made.setAttribute(each, value));
  made.append(...children);
  return made;
}

// One is beaten where another is as good in both and better in one.
function paretoFront(points, betterX, betterY) {
  if (betterX === "neither" || betterY === "neither") return [];
  const gain = (a, b, better) => (better === "higher" ? a - b : b - a);
  const beats = (a, b) => {
    const [x, y] = [gain(a.x.mean, b.x.mean, betterX), gain(a.y.mean, b.y.mean, betterY)];
    return x >= 0 && y >= 0 && (x > 0 || y > 0);
  };
  const whole = points.filter((point) => !point.failed);
  return whole.filter((point) => !whole.some((other) => beats(other, point)))
    .sort((a, b) => a.x.mean - b.x.mean || a.y.mean - b.y.mean);
}

// Values to pixels, around the means and as much of their intervals as leaves them room.
function makeScale(of, log, from, to) {
  const move = log ? Math.log10 : Number;
  const means = of.map((each) => move(each.mean));
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const bounds = of.flatMap((each) => [each.low, each.high]).filter((v) => v !== null && !(log && v <= 0)).map(move);
  const first = Math.max(low - span * 0.6, Math.min(low, ...bounds)) - span * 0.06;
  const last = Math.min(high + span * 0.6, Math.max(high, ...bounds)) + span * 0.06;
  const place = (value) => {
    const moved = log && value <= 0 ? first - (last - first) : move(value);
    return from + ((moved - first) / (last - first)) * (to - from);
  };
  return { place, ticks: log ? logTicks(first, last) : linearTicks(first, last) };
}

function linearTicks(first, last) {
  const rough = (last - first) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * [1, 2, 5, 10].find((each) => each * power >= rough);
  const count = Math.floor(last / step) - Math.ceil(first / step) + 1;
  return Array.from({ length: count }, (_, i) => Number(((Math.ceil(first / step) + i) * step).toPrecision(12)));
}

function logTicks(first, last) {
  if (last - first < 0.5) return linearTicks(10 ** first, 10 ** last).filter((v) => v > 0);
  const steps = last - first > 4 ? [1] : last - first > 1.6 ? [1, 3] : [1, 2, 5];
  const decades = Array.from({ length: Math.ceil(last) - Math.floor(first) + 1 }, (_, i) => Math.floor(first) + i);
  return decades.flatMap((decade) => steps.map((step) => Number((step * 10 ** decade).toPrecision(3))))
    .filter((value) => Math.log10(value) >= first && Math.log10(value) <= last);
}

function shortNumber(value) {
  const size = Math.abs(value);
  const [unit, letter] = [[1e9, "G"], [1e6, "M"], [1e4, "k"]].find(([least]) => size >= least) ?? [1, ""];
  const scaled = value / (letter === "k" ? 1e3 : unit);
  const text = size > 0 && size < 1e-4 ? scaled.toExponential() : `${Number(scaled.toPrecision(5))}`;
  return `${text}${letter}`.replaceAll("-", "−");
}

function drawAxes(x, y, width, height, names) {
  const [left, right, top, bottom] = [MARGIN.left, width - MARGIN.right, MARGIN.top, height - MARGIN.bottom];
  const group = svg("g", { "font-size": 12, fill: "#555555" });
  x.ticks.forEach((tick) => {
    const at = x.place(tick);
    group.append(svg("line", { x1: at, x2: at, y1: top, y2: bottom, stroke: "#e2e2e2" }));
    group.append(svg("text", { x: at, y: bottom + 18, "text-anchor": "middle" }, shortNumber(tick)));
  });
  y.ticks.forEach((tick) => {
    const at = y.place(tick);
    group.append(svg("line", { x1: left, x2: right, y1: at, y2: at, stroke: "#e2e2e2" }));
    group.append(svg("text", { x: left - 8, y: at + 4, "text-anchor": "end" }, shortNumber(tick)));
  });
  group.append(svg("path", { d: `M${left} ${top}V${bottom}H${right}`, fill: "none", stroke: "#777777" }));
  group.append(svg("text", { x: (left + right) / 2, y: height - 6, "text-anchor": "middle", fill: "#222222" }, names.x));
  const middle = (top + bottom) / 2;
  group.append(svg("text", { x: 14, y: middle, "text-anchor": "middle", fill: "#222222", transform: `rotate(-90 14 ${middle})` }, names.y));
  return group;
}

// The corner between neighbours has what is worse of either: the edge of what the front beats.
function drawFront(front, x, y, betterX, betterY) {
  const worse = (a, b, better) => (better === "higher" ? Math.min(a, b) : Math.max(a, b));
  const corners = front.flatMap((point, i) => {
    const own = [[point.x.mean, point.y.mean]];
    if (!i) return own;
    const before = front[i - 1];
    return [[worse(before.x.mean, point.x.mean, betterX), worse(before.y.mean, point.y.mean, betterY)], ...own];
  });
  const line = corners.map(([a, b]) => `${x.place(a).toFixed(1)},${y.place(b).toFixed(1)}`).join(" ");
  return svg("polyline", { class: "pareto", points: line, fill: "none", stroke: "#444444", "stroke-width": 1.5, "stroke-dasharray": "5 4" });
}

function drawPoint(point, x, y) {
  const [atX, atY] = [x.place(point.x.mean), y.place(point.y.mean)];
  const mark = svg("g", {
    class: "point", tabindex: 0, role: "img", "aria-label": point.text, "data-setting": point.setting, stroke: point.colour,
  });
  if (point.x.low !== null) mark.append(svg("line", { x1: x.place(point.x.low), x2: x.place(point.x.high), y1: atY, y2: atY }));
  if (point.y.low !== null) mark.append(svg("line", { x1: atX, x2: atX, y1: y.place(point.y.low), y2: y.place(point.y.high) }));
  mark.append(svg("circle", {
    cx: atX, cy: atY, r: 6, fill: point.failed ? "#ffffff" : point.colour,
    stroke: point.failed ? point.colour : "#ffffff", "stroke-width": point.failed ? 2 : 1.2,
  }));
  return mark;
}

// Places for a name around a point, the nearest first, clear of the bars through it.
function placesAround(cx, cy, long) {
  return [9, 24, 40, 60, 85].flatMap((away) => [[1, -1], [-1, -1], [1, 1], [-1, 1]].map(([right, down]) => {
    const left = right > 0 ? cx + away : cx - away - long;
    return [left, cy + down * away * 0.8 - 7, left + long, cy + down * away * 0.8 + 7];
  }));
}

// Names near their points, moved apart, with a line to those that had to go far.
function drawNames(points, x, y, width, height) {
  const at = points.map((point) => [x.place(point.x.mean), y.place(point.y.mean)]);
  const taken = at.map(([cx, cy]) => [cx - 6, cy - 6, cx + 6, cy + 6]);
  const group = svg("g", { class: "names", "font-size": 12, fill: "#222222", "aria-hidden": true });
  points.forEach((point, i) => {
    const [cx, cy] = at[i];
    const free = placesAround(cx, cy, point.setting.length * 6.8).find(([l, t, r, b]) => (
      l > MARGIN.left && r < width - 4 && t > 0 && b < height - MARGIN.bottom
        && !taken.some(([l2, t2, r2, b2]) => l < r2 && r > l2 && t < b2 && b > t2)));
    if (!free) return; // the table below names it
    taken.push(free);
    const [left, top, right, bottom] = free;
    const near = Math.hypot(Math.max(left - cx, cx - right), (top + bottom) / 2 - cy);
    if (near > 16) group.append(svg("line", { x1: cx, y1: cy, x2: left > cx ? left - 2 : right + 2, y2: (top + bottom) / 2, stroke: point.colour, "stroke-width": 0.8 }));
    group.append(svg("text", { x: left, y: bottom - 3, stroke: "#ffffff", "stroke-width": 3, "paint-order": "stroke" }, point.setting));
  });
  return group;
}

function drawScatter(points, front, axes, width, height) {
  const x = makeScale(points.map((each) => each.x), axes.x.log, MARGIN.left, width - MARGIN.right);
  const y = makeScale(points.map((each) => each.y), axes.y.log, height - MARGIN.bottom, MARGIN.top);
  const frame = { x: MARGIN.left, y: MARGIN.top, width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom };
  return svg("svg", {
    xmlns: SVG_NAMES, viewBox: `0 0 ${width} ${height}`, width, height, role: "group",
    "aria-label": `${axes.y.name} against ${axes.x.name}`, "font-family": "system-ui, sans-serif",
  },
  svg("clipPath", { id: "frame" }, svg("rect", frame)),
  drawAxes(x, y, width, height, { x: axes.x.name, y: axes.y.name }),
  svg("g", { "clip-path": "url(#frame)" },
    drawFront(front, x, y, axes.x.better, axes.y.better),
    svg("g", { "stroke-width": 1.3 }, ...points.map((point) => drawPoint(point, x, y)))),
  drawNames(points, x, y, width, height));
}
