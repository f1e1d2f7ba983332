// Frames along the code: played there and back, or looked at one by one. Still until asked to move.
const FRAME_MILLISECONDS = 220;

document.querySelectorAll(".player").forEach((player) => {
  const films = JSON.parse(player.querySelector("script").textContent);
  const { frames, width, height, times } = Object.fromEntries(
    Object.entries(player.dataset).map(([name, value]) => [name, Number(value)]),
  );
  const fields = player.querySelector("form").elements;
  const sides = [...player.querySelectorAll(".film")];
  let timer = null;
  let step = 1;

  function draw() {
    const frame = Number(fields.frame.value) - 1;
    sides.forEach((side) => {
      side.querySelectorAll("canvas").forEach((canvas, row) => {
        const context = canvas.getContext("2d");
        context.drawImage(side.picture, frame * width, row * height, width, height, 0, 0, width, height);
      });
    });
  }

  async function choose() {
    const chosen = [films[fields.left.value], films[fields.right.value]];
    await Promise.all(sides.map(async (side, place) => {
      const { name, rows, address } = chosen[place];
      const picture = new Image();
      picture.src = address;
      await picture.decode();
      side.picture = picture;
      side.replaceChildren(element("h4", {}, name), ...rows.map((row) => {
        const canvas = element("canvas", { width, height, role: "img", ariaLabel: `${name}, ${row}` });
        canvas.style.width = `${width * times}px`;
        return element("figure", {}, canvas, element("figcaption", {}, row));
      }));
    }));
    draw();
  }

  function advance() {
    if (!player.checkVisibility()) return play(false); // on a page that was left
    const frame = Number(fields.frame.value);
    if (frame + step < 1 || frame + step > frames) step = -step;
    fields.frame.value = frame + step;
    draw();
  }

  function play(moving) {
    clearInterval(timer);
    timer = moving ? setInterval(advance, FRAME_MILLISECONDS) : null;
    fields.play.textContent = moving ? "Pause" : "Play";
  }

  fields.play.addEventListener("click", () => play(timer === null));
  fields.frame.addEventListener("input", () => { play(false); draw(); });
  [fields.left, fields.right].forEach((field) => field.addEventListener("change", choose));
  player.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  // pictures are unpacked when the player is first near the screen
  new IntersectionObserver((entries, observer) => {
    if (entries.some((entry) => entry.isIntersecting)) {
      observer.disconnect();
      choose();
    }
  }, { rootMargin: "400px" }).observe(player);
});
