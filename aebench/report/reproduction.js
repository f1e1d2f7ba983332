// The command that makes one cell again, from the part of the configuration that reaches it.
function quoted(text) { return `'${text.replaceAll("'", "'\\''")}'`; }

function reproduce() {
  const { reproduction } = scores;
  const cell = document.querySelector(".reproduce form");
  const { dataset, hardware, setting, seed, copy } = cell.elements;
  const shown = document.querySelector(".reproduce .command");
  const status = document.querySelector(".reproduce [role=status]");

  function configuration() {
    const asked = reproduction.configuration;
    const reached = [dataset.value, reproduction.trained_on[dataset.value]].filter(Boolean);
    const among = (mapping) => Object.fromEntries(Object.entries(mapping).filter(([name]) => reached.includes(name)));
    return {
      ...asked,
      hardware: [hardware.value],
      datasets: asked.datasets.filter((each) => reached.includes(Object.keys(each)[0])),
      variants: [reproduction.settings[setting.value]],
      budget: among(asked.budget),
      backbone: among(asked.backbone),
    };
  }

  function chosen() {
    return reproduction.cells[dataset.value][hardware.value][setting.value][seed.value];
  }

  // Braces are the shell's: one path for each folder.
  function targets() {
    const [folders] = chosen();
    const run = quoted(`results/${hardware.value}/${dataset.value}/${setting.value}/seed-${seed.value}/`);
    return `${run}${folders.includes(",") ? `{${folders}}` : folders}/scores.json`;
  }

  function write() {
    const lines = [
      `echo ${quoted(JSON.stringify(configuration()))} > cell.json`,
      `snakemake -c1 --configfile cell.json -- ${targets()}`,
    ];
    const [, commit] = chosen();
    const from = commit.replace(/-modified$/, "");
    shown.textContent = (from && from !== "unknown" ? [`git checkout ${from}`, ...lines] : lines).join("\n");
    status.textContent = !from ? "Steps of this cell were made by several commits."
      : from !== commit ? "This cell was made of files that differed from the commit."
        : from === "unknown" ? "The commit of this cell is not known." : "";
  }

  const names = (of) => Object.keys(of).map((name) => option(name, name));
  function choose() {
    const { cells } = reproduction;
    fill(dataset, names(cells), [dataset.value]);
    fill(hardware, names(cells[dataset.value]), [hardware.value]);
    hardware.parentElement.hidden = scores.hardware.length < 2;
    fill(setting, names(cells[dataset.value][hardware.value]), [setting.value]);
    fill(seed, names(cells[dataset.value][hardware.value][setting.value]), [seed.value]);
    write();
  }

  // From a file, a browser may refuse the clipboard: then the text is marked to be copied by keys.
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(shown.textContent);
      status.textContent = "Copied.";
    } catch {
      getSelection().selectAllChildren(shown);
      status.textContent = document.execCommand("copy") ? "Copied." : "Marked: copy it with your keys.";
    }
  });
  cell.addEventListener("change", choose);
  choose();
}

if (scores.reproduction) reproduce();
