// A scatter plot of points with intervals and their Pareto front, drawn by Observable Plot.
const INK = "#222222";

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

// The corner between neighbours has what is worse of either: the edge of what the front beats.
function staircase(front, betterX, betterY) {
  const worse = (a, b, better) => (better === "higher" ? Math.min(a, b) : Math.max(a, b));
  return front.flatMap(({ x, y }, i) => (i
    ? [[worse(front[i - 1].x.mean, x.mean, betterX), worse(front[i - 1].y.mean, y.mean, betterY)], [x.mean, y.mean]]
    : [[x.mean, y.mean]]));
}

// Around the means, and as much of their intervals as leaves them room.
function domainOf(scores, log) {
  const [move, back] = log ? [Math.log10, (v) => 10 ** v] : [Number, Number];
  const [low, high] = d3.extent(scores, ({ mean }) => move(mean));
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const bounds = scores.flatMap((each) => [each.low, each.high]).filter((v) => v !== null && !(log && v <= 0)).map(move);
  const first = Math.max(low - span * 0.6, Math.min(low, ...bounds)) - span * 0.06;
  const last = Math.min(high + span * 0.6, Math.max(high, ...bounds)) + span * 0.06;
  return [back(first), back(last)];
}

function shortNumber(value) {
  const size = Math.abs(value);
  const [unit, letter] = [[1e9, "G"], [1e6, "M"], [1e4, "k"]].find(([least]) => size >= least) ?? [1, ""];
  const scaled = value / (letter === "k" ? 1e3 : unit);
  const text = size > 0 && size < 1e-4 ? scaled.toExponential() : `${Number(scaled.toPrecision(5))}`;
  return `${text}${letter}`.replaceAll("-", "−");
}

// Of a logarithmic axis Plot names powers of ten, and as many others as have room: over less than
// one, maybe none.
function scaleOf(scores, { log, name }, count) {
  const domain = domainOf(scores, log);
  const narrow = log && domain[1] / domain[0] < 10;
  return {
    type: log ? "log" : "linear", domain, ticks: narrow ? d3.ticks(...domain, count) : count, grid: true,
    clamp: log, label: name, labelAnchor: "center", labelArrow: "none", tickFormat: shortNumber,
  };
}

// Places for a name around a point, the nearest first, clear of the bars through it.
function placesAround(cx, cy, long) {
  return [9, 24, 40, 60, 85].flatMap((away) => [[1, -1], [-1, -1], [1, 1], [-1, 1]].map(([right, down]) => {
    const left = right > 0 ? cx + away : cx - away - long;
    return [left, cy + down * away * 0.8 - 7, left + long, cy + down * away * 0.8 + 7];
  }));
}

// A mark of names near their points, moved apart, with a line to those that had to go far.
function names(points) {
  return (index, { x, y }, channels, { width, height, marginLeft, marginBottom }) => {
    const at = points.map((point) => [x(point.x.mean), y(point.y.mean)]);
    const taken = at.map(([cx, cy]) => [cx - 6, cy - 6, cx + 6, cy + 6]);
    const group = d3.create("svg:g").attr("class", "names").attr("aria-hidden", true);
    points.forEach((point, i) => {
      const [cx, cy] = at[i];
      const free = placesAround(cx, cy, point.setting.length * 6.8).find(([l, t, r, b]) => (
        l > marginLeft && r < width - 4 && t > 0 && b < height - marginBottom
          && !taken.some(([l2, t2, r2, b2]) => l < r2 && r > l2 && t < b2 && b > t2)));
      if (!free) return; // the table below names it
      taken.push(free);
      const [left, top, right, bottom] = free;
      const middle = (top + bottom) / 2;
      if (Math.hypot(Math.max(left - cx, cx - right), middle - cy) > 16) {
        group.append("line").attr("x1", cx).attr("y1", cy).attr("x2", left > cx ? left - 2 : right + 2)
          .attr("y2", middle).attr("stroke", point.colour).attr("stroke-width", 0.8);
      }
      group.append("text").attr("x", left).attr("y", bottom - 3).attr("text-anchor", "start").attr("fill", INK).attr("stroke", "#ffffff")
        .attr("stroke-width", 3).attr("paint-order", "stroke").text(point.setting);
    });
    return group.node();
  };
}

// Where several settings are in one place, each is told of there.
function told(point, points) {
  const here = points.filter(({ x, y }) => x.mean === point.x.mean && y.mean === point.y.mean);
  return here.map(({ text }) => text.split(/: |; /).join("\n")).join("\n\n");
}

// Each point can be reached with the keyboard, which then shows its numbers as a pointer does.
function reachable(drawn, points) {
  const move = (type, box) => drawn.dispatchEvent(new PointerEvent(type, {
    pointerType: "mouse", clientX: (box.left + box.right) / 2, clientY: (box.top + box.bottom) / 2,
  }));
  // a click would pin the numbers, in the keyboard's way
  drawn.addEventListener("pointerdown", (event) => event.stopImmediatePropagation(), { capture: true });
  d3.select(drawn).selectAll(".points circle").each(function reach(i) {
    const { setting, text } = points[i];
    Object.assign(this.dataset, { setting });
    d3.select(this).attr("tabindex", 0).attr("role", "img").attr("aria-label", text)
      .on("focus", () => move("pointerenter", this.getBoundingClientRect()))
      .on("blur", () => move("pointerleave", this.getBoundingClientRect()));
  });
  return drawn;
}

function drawScatter(points, front, axes, width, height) {
  const [meanX, meanY] = [(point) => point.x.mean, (point) => point.y.mean];
  const bar = { stroke: "colour", strokeWidth: 1.3, clip: true };
  const bounded = (axis) => points.filter((point) => point[axis].low !== null);
  return reachable(Plot.plot({
    width, height, marginLeft: 64, marginRight: 18, marginTop: 14, marginBottom: 46,
    style: { background: "#ffffff", color: INK, fontSize: "12px", fontFamily: "system-ui, sans-serif", overflow: "visible" },
    ariaLabel: `${axes.y.name} against ${axes.x.name}`,
    x: scaleOf(points.map((point) => point.x), axes.x, Math.max(3, width / 130)),
    y: scaleOf(points.map((point) => point.y), axes.y, 6),
    marks: [
      Plot.frame({ anchor: "left", stroke: "#777777" }),
      Plot.frame({ anchor: "bottom", stroke: "#777777" }),
      Plot.line(staircase(front, axes.x.better, axes.y.better), { className: "pareto", stroke: "#444444", strokeWidth: 1.5, strokeDasharray: "5 4" }),
      Plot.link(bounded("x"), { ...bar, x1: (p) => p.x.low, x2: (p) => p.x.high, y: meanY }),
      Plot.link(bounded("y"), { ...bar, x: meanX, y1: (p) => p.y.low, y2: (p) => p.y.high }),
      Plot.dot(points, {
        className: "points", x: meanX, y: meanY, r: 6, sort: null, strokeWidth: (p) => (p.failed ? 2 : 1.2),
        fill: (p) => (p.failed ? "#ffffff" : p.colour), stroke: (p) => (p.failed ? p.colour : "#ffffff"),
      }),
      names(points),
      Plot.tip(points, Plot.pointer({ x: meanX, y: meanY, title: (p) => told(p, points), maxRadius: 20, fontSize: 12 })),
    ],
  }), points);
}
