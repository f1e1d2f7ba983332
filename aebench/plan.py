"""The plan: every run that fits, the key of every result, and so where every result lies."""

from dataclasses import asdict, dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from aebench import calibration, files, registry
from aebench.configuration import Configuration, Mistake, Setting
from aebench.datasets.download import missing, reachable
from aebench.fingerprint import key
from aebench.fit import (
    FEATURES,
    OF_CODE_PRIOR,
    OF_CODEC,
    OF_HOST,
    OF_OTHER_SEEDS,
    OF_TIMING,
    classified,
    fits,
    offers,
    suits,
    trainable,
)
from aebench.registry import Entry


@dataclass(frozen=True)
class Run:
    """One training and what follows from it."""

    hardware: str
    dataset: str
    setting: Setting
    seed: int

    @property
    def folder(self) -> Path:
        """Where all its steps lie."""
        return files.run_folder(self.hardware, self.dataset, self.setting.name, self.seed)


def metric_modules(group: str) -> list[str]:
    """The modules that define a group's metrics."""
    found = registry.metrics().values()
    return sorted({metric.module for metric in found if metric.properties["group"] == group})


@cache
def reads(group: str, names: frozenset[str]) -> bool:
    """Whether a metric of the group reads one of the arrays ``names``."""
    found = (m.properties for m in registry.metrics().values())
    return any(m["group"] == group and names.intersection(m["reads"]) for m in found)


def is_codec(variant: Entry) -> bool:
    """Whether a variant writes files."""
    return "Codec" in registry.capabilities(variant)


class Plan:
    """What a configuration asks for. Paths carry keys; equal keys mean equal results."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self.datasets = {name: registry.datasets()[name] for name in configuration.datasets}
        self.settings = {setting.name: setting for setting in configuration.settings}

    @cached_property
    def runs(self) -> list[Run]:
        """Every combination of hardware, data set, setting that suits it, and seed."""
        asked = self.configuration
        return [
            Run(kind, dataset, setting, seed)
            for kind in asked.hardware
            for dataset, entry in self.datasets.items()
            for setting in asked.settings
            if self._fits(setting, entry)
            for seed in asked.seeds
        ]

    def _fits(self, setting: Setting, dataset: Entry) -> bool:
        """Whether the setting is run on the data set, or its models are evaluated on it."""
        on = self._trained_on(dataset)
        asked = on in self.datasets and on in (setting.datasets or self.datasets)
        able = trainable(dataset) or is_codec(setting.variant)
        return asked and able and suits(setting.variant, self.datasets[on])

    def trained(self, run: Run) -> Run:
        """The run whose model a run evaluates: itself, but on a data set without training split."""
        return replace(run, dataset=self._trained_on(self.datasets[run.dataset]))

    def _trained_on(self, dataset: Entry) -> str:
        return dataset.name if trainable(dataset) else str(dataset.properties["trained_on"])

    @cached_property
    def figures(self) -> list[tuple[str, str]]:
        """Pairs (data set, figure): those for which some run has what the figure needs."""
        return [
            (dataset, figure.name)
            for dataset, entry in self.datasets.items()
            for figure in registry.figures().values()
            if any(
                offers(figure.properties["needs"], entry, run.setting.variant)
                for run in self.runs
                if run.dataset == dataset
            )
        ]

    @cache  # noqa: B019 - a plan lives as long as its process
    def groups(self, run: Run) -> list[str]:
        """Metric groups with at least one metric that fits the run."""
        dataset = self.datasets[run.dataset]
        fitting = (m for m in registry.metrics().values() if fits(m, dataset, run.setting.variant))
        return sorted({metric.properties["group"] for metric in fitting})

    @cache  # noqa: B019 - a plan lives as long as its process
    def data_key(self, dataset: str, split: str) -> str:
        """Key of a prepared data set: its code, the files that reads, its settings and split."""
        entry = self.datasets[dataset]
        code = registry.module_file(entry.module)
        beside = sorted(code.parent.glob(f"{code.stem}_*"))
        return key(
            "scripts.prepare",
            entry.module,
            files={path.name: path.read_text() for path in beside if path.suffix != ".py"},
            settings=self.configuration.datasets[dataset],
            listed=self._listed(dataset),
            host=str(self.host_folder(dataset) or ""),
            split=split,
            backbone=self.configuration.backbones.get(dataset, {}),
        )

    @cache  # noqa: B019 - a plan lives as long as its process
    def train_key(self, run: Run) -> str:
        """Key of a trained model: the variant's code, settings, data, budget, seed, hardware."""
        run = self.trained(run)
        return key(
            "scripts.train",
            *self._modules(run),
            data=self.data_key(run.dataset, self.split(run.dataset, run.seed)),
            settings=run.setting.values,
            budget=asdict(self.configuration.budgets[run.dataset]),
            seed=run.seed,
            hardware=run.hardware,
        )

    @cache  # noqa: B019 - a plan lives as long as its process
    def encode_key(self, run: Run) -> str:
        """Key of a run's artefacts."""
        return key("scripts.encode", *self._modules(run), train=self.train_key(run))

    @cache  # noqa: B019 - a plan lives as long as its process
    def timing_key(self, run: Run) -> str:
        """Key of what a run's model costs."""
        return key("scripts.time_run", *self._modules(run), train=self.train_key(run))

    @cache  # noqa: B019 - a plan lives as long as its process
    def prior_key(self, run: Run) -> str:
        """Key of the prior of a run's discrete codes."""
        return key("scripts.learn_prior", *self._modules(run), train=self.train_key(run))

    @cache  # noqa: B019 - a plan lives as long as its process
    def compress_key(self, run: Run) -> str:
        """Key of a run's compressed test images."""
        data = self.data_key(run.dataset, self.split(run.dataset, run.seed))
        return key("scripts.compress", *self._modules(run), train=self.train_key(run), data=data)

    @cache  # noqa: B019 - a plan lives as long as its process
    def artefact_folders(self, run: Run) -> dict[str, Path]:
        """The folders of a run's arrays by the step that leaves them: ``encode``, ``timing``,
        ``prior`` where codes are discrete, ``splice`` where a host goes on from reconstructions,
        ``compress`` where files are written.
        """
        found = {}
        if trainable(self.datasets[run.dataset]):
            found["encode"] = self._step(run, "encode", self.encode_key(run))
            found["timing"] = self._step(run, "timing", self.timing_key(run))
            if "DiscreteCodes" in registry.capabilities(run.setting.variant):
                found["prior"] = self._step(run, "prior", self.prior_key(run))
            if self.datasets[run.dataset].properties.get("spliced"):
                made_by = key("scripts.splice", encode=str(found["encode"]))
                found["splice"] = self._step(run, "splice", made_by)
        if is_codec(run.setting.variant):
            found["compress"] = self._step(run, "compress", self.compress_key(run))
        return found

    @cache  # noqa: B019 - a plan lives as long as its process
    def read_by(self, run: Run, group: str) -> list[Path]:
        """Those of the folders that a group's scores of the run are over."""
        folders = self.artefact_folders(run)
        reading = {
            "timing": OF_TIMING,
            "prior": OF_CODE_PRIOR,
            "splice": OF_HOST,
            "compress": OF_CODEC,
        }
        first = next(iter(folders))
        return [
            folder
            for step, folder in folders.items()
            if step == first or reads(group, reading[step])
        ]

    @cache  # noqa: B019 - a plan lives as long as its process
    def classifier_key(self, dataset: str, split: str) -> str:
        """Key of a data set's classifier."""
        return key("scripts.classify", data=self.data_key(dataset, split))

    @cache  # noqa: B019 - a plan lives as long as its process
    def embed_key(self, run: Run) -> str:
        """Key of a run's features under its data set's classifier."""
        return key(
            "scripts.embed",
            *self._modules(run),
            artefacts=[str(folder) for folder in self.embedded_folders(run)],
            classifier=self.classifier_key(run.dataset, self.split(run.dataset, run.seed)),
        )

    @cache  # noqa: B019 - a plan lives as long as its process
    def measure_key(self, run: Run, group: str) -> str:
        """Key of one group of scores."""
        read = [str(folder) for folder in (*self.read_by(run, group), *self.others(run, group))]
        if self.embedded(run, group):
            read.append(self.embed_key(run))
        return key("scripts.measure", *metric_modules(group), read=read)

    @cache  # noqa: B019 - a plan lives as long as its process
    def others(self, run: Run, group: str) -> list[Path]:
        """Where the arrays of the setting's other seeds lie, where a group's scores read them."""
        if not reads(group, OF_OTHER_SEEDS):
            return []
        seeds = [seed for seed in self.configuration.seeds if seed != run.seed]
        return [self.artefact_folders(replace(run, seed=seed))["encode"] for seed in seeds]

    def embedded_folders(self, run: Run) -> list[Path]:
        """Folders of the arrays whose features are taken."""
        folders = self.artefact_folders(run)
        return [folders[step] for step in ("encode", "prior") if step in folders]

    @cache  # noqa: B019 - a plan lives as long as its process
    def embedded(self, run: Run, group: str) -> bool:
        """Whether a run's scores of the group are over features of its data set's classifier."""
        return classified(self.datasets[run.dataset]) and reads(group, FEATURES)

    @cached_property
    def calibrations(self) -> list[tuple[str, str]]:
        """Pairs (data set, metric group) with scores that a perfect and a random code explain."""
        return [
            (name, group)
            for name, entry in self.datasets.items()
            for group in calibration.groups(entry)
        ]

    def host_folder(self, dataset: str) -> Path | None:
        """Where the network lies whose hidden states a data set is, if it is that."""
        host = self.datasets[dataset].properties.get("host")
        if not host:
            return None
        return files.host_folder(host, key("scripts.train_host", f"aebench.hosts.{host}"))

    @cached_property
    def codecs(self) -> dict[str, Path]:
        """Where the classical codecs' results lie, by data set on which a run writes files."""
        coded = dict.fromkeys(r.dataset for r in self.runs if is_codec(r.setting.variant))
        return {
            name: files.codecs_folder(
                name, key("scripts.measure_codecs", data=str(self.data_folders(name)[0]))
            )
            for name in coded
        }

    def codec_files(self) -> list[Path]:
        """Every such file."""
        return [folder / "codecs.json" for folder in self.codecs.values()]

    @cache  # noqa: B019 - a plan lives as long as its process
    def calibration_folder(self, dataset: str, group: str) -> Path:
        """Where a data set's calibration of a metric group lies."""
        data = [str(folder) for folder in self.data_folders(dataset)]
        made_by = key("scripts.calibrate", *metric_modules(group), data=data[0])
        return files.calibration_folder(dataset, group, made_by)

    def calibration_files(self) -> list[Path]:
        """Every calibration's file."""
        return [
            self.calibration_folder(dataset, group) / "calibration.json"
            for dataset, group in self.calibrations
        ]

    @cache  # noqa: B019 - a plan lives as long as its process
    def figure_key(self, dataset: str, figure: str) -> str:
        """Key of a figure: its code and the results it draws."""
        module = registry.figures()[figure].module
        return key("scripts.draw", module, shown=self.shown_key(dataset))

    @cache  # noqa: B019 - a plan lives as long as its process
    def shown_key(self, dataset: str) -> str:
        """Key of all results of a data set that figures may draw."""
        drawn = [run for run in self.runs if run.dataset == dataset]
        shown = [str(f) for run in drawn for f in self.artefact_folders(run).values()]
        scores = [str(path) for path in self.score_files(dataset)]
        return key(runs=shown, scores=scores, codecs=str(self.codecs.get(dataset, "")))

    def figure_across_key(self, figure: str) -> str:
        """Key of a figure of all data sets: its code and the tables it draws."""
        module = registry.figures_across()[figure].module
        return key("scripts.draw_across", module, tables=self.tables_key())

    @cache  # noqa: B019 - a plan lives as long as its process
    def tables_key(self) -> str:
        """Key of the tables: the code that makes them and every score."""
        read = [*self.score_files(), *self.calibration_files(), *self.codec_files()]
        return key("scripts.compare", scores=[str(path) for path in read])

    def claims_key(self) -> str:
        """Key of the verdicts on claims: the code that judges, every claim and every score."""
        claims = sorted((registry.PACKAGE / "claims").glob("*.yaml"))
        texts = {path.name: path.read_text() for path in claims}
        return key("scripts.judge", claims=texts, tables=self.tables_key())

    def report_key(self) -> str:
        """Key of the report: rendering code, templates, libraries, tables and figures."""
        folder = registry.PACKAGE / "report"
        templates = {
            path.name: path.read_text()
            for path in sorted([*folder.glob("*"), *folder.glob("libraries/*")])
            if path.suffix != ".py" and path.is_file()
        }
        return key(
            "scripts.render",
            templates=templates,
            tables=self.tables_key(),
            claims=self.claims_key(),
            references=[str(path) for path in self.reference_files()],
            figures=[str(path) for path in self.figure_folders()],
            figures_across=[str(path) for path in self.figure_across_folders().values()],
        )

    def split(self, dataset: str, seed: int) -> str:
        """``official``, ``fixed`` or, where each seed draws its own, ``seed-<n>``."""
        made: str = self.datasets[dataset].properties["split"]
        return f"seed-{seed}" if made == "seed" else made

    def data_folder(self, dataset: str, seed: int) -> Path:
        """Where a prepared data set lies."""
        split = self.split(dataset, seed)
        return files.data_folder(dataset, split, self.data_key(dataset, split))

    def data_folders(self, dataset: str) -> list[Path]:
        """Every split of a data set that the plan's seeds ask for."""
        folders = (self.data_folder(dataset, seed) for seed in self.configuration.seeds)
        return list(dict.fromkeys(folders))

    def classifier_folder(self, dataset: str, seed: int) -> Path:
        """Where the classifier of a data set lies."""
        split = self.split(dataset, seed)
        return files.classifier_folder(dataset, split, self.classifier_key(dataset, split))

    @cached_property
    def classifiers(self) -> dict[str, Path]:
        """Folder of the classifier of the first split, by data set that has one some run uses."""
        seed, used = self.configuration.seeds[0], dict.fromkeys(name for name, _ in self.references)
        return {name: self.classifier_folder(name, seed) for name in used}

    @cached_property
    def references(self) -> list[tuple[str, str]]:
        """Pairs (data set, metric group) with scores over a classifier's features."""
        found = ((r, group) for r in self.runs for group in self.groups(r))
        return list(dict.fromkeys((r.dataset, g) for r, g in found if self.embedded(r, g)))

    def reference_folder(self, dataset: str, group: str) -> Path:
        """Where the scores of real images and of noise lie, for comparison with samples'."""
        of_classifier = str(self.classifiers[dataset])
        made_by = key("scripts.refer", *metric_modules(group), classifier=of_classifier)
        return files.calibration_folder(dataset, group, made_by)

    def reference_files(self) -> list[Path]:
        """Every such file."""
        return [self.reference_folder(*place) / "references.json" for place in self.references]

    def train_folder(self, run: Run) -> Path:
        """Where a trained model lies."""
        return self._step(self.trained(run), "train", self.train_key(run))

    def embed_folder(self, run: Run) -> Path:
        """Where a run's features lie."""
        return self._step(run, "embed", self.embed_key(run))

    @cache  # noqa: B019 - a plan lives as long as its process
    def measure_folder(self, run: Run, group: str) -> Path:
        """Where one group of a run's scores lies."""
        return self._step(run, group, self.measure_key(run, group))

    def _step(self, run: Run, step: str, made_by: str) -> Path:
        return files.step_folder(run.folder, step, made_by)

    @cache  # noqa: B019 - a plan lives as long as its process
    def score_files(self, dataset: str | None = None, only: str | None = None) -> list[Path]:
        """Every scores file, or those of one data set or ``only`` one metric group."""
        return [
            self.measure_folder(run, group) / "scores.json"
            for run in self.runs
            if dataset in (None, run.dataset)
            for group in self.groups(run)
            if only in (None, group)
        ]

    def figure_folder(self, dataset: str, figure: str) -> Path:
        """Where a figure of a data set lies."""
        return files.figure_folder(dataset, figure, self.figure_key(dataset, figure))

    def figure_folders(self) -> list[Path]:
        """Every figure's folder."""
        return [self.figure_folder(dataset, figure) for dataset, figure in self.figures]

    def figure_across_folders(self) -> dict[str, Path]:
        """The folder of every figure of all data sets."""
        return {
            name: files.figure_folder(files.ALL_DATASETS, name, self.figure_across_key(name))
            for name in registry.figures_across()
        }

    def find(self, hardware: str, dataset: str, setting: str, seed: str | int) -> Run:
        """The run that a path's parts name."""
        return Run(hardware, dataset, self.settings[setting], int(seed))

    def check_files(self, directory: Path) -> None:
        """Raise `Mistake` for a data set that cannot be trained on, or whose files are neither
        there nor to be fetched.
        """
        for name, entry in self.datasets.items():
            if self._trained_on(entry) not in self.datasets:
                raise Mistake(
                    f"datasets: '{name}' has no training images, only some to evaluate on what was "
                    f"trained on '{self._trained_on(entry)}': list that, too"
                )
            if "path" in entry.settings and not self._listed(name):
                raise Mistake(f"datasets.{name}.path: no files in '{self._path(name)}'")
        absent = {
            name: answer for name in self.datasets if (answer := self._absent(name, directory))
        }
        if absent:
            first, *others = absent
            more = f" (so does {', '.join(others)})" if others else ""
            raise Mistake(f"datasets: '{first}'{more} {absent[first]}")

    def _absent(self, name: str, directory: Path) -> str:
        """What files a data set needs and cannot have, or nothing."""
        properties = self.datasets[name].properties
        own = directory / (properties.get("folder") or name)
        wanted = missing(properties.get("files", ()), own, directory)
        mirrors = properties.get("mirrors", ())
        prepared = all(folder.is_dir() for folder in self.data_folders(name))
        if not wanted or prepared or reachable(mirrors):
            return ""
        return (
            f"needs {', '.join(wanted)} (gzipped or not); looked in {own.resolve()} and "
            f"{directory.resolve()}, and no mirror answers ({', '.join(mirrors)}); put the files "
            f"there, or set data_directory or {files.DATA_DIRECTORY}"
        )

    def as_json(self) -> dict[str, Any]:
        """The plan as the tail of the workflow reads it: every run and where its results lie."""
        return {
            "hardware": self.configuration.hardware,
            "skipped_hardware": self.configuration.skipped_hardware,
            "seeds": self.configuration.seeds,
            "configuration": self.configuration.as_json(),
            "budgets": {name: asdict(b) for name, b in self.configuration.budgets.items()},
            "datasets": {name: str(self.data_folders(name)[0]) for name in self.datasets},
            "calibrations": [
                {"dataset": d, "group": g, "folder": str(self.calibration_folder(d, g))}
                for d, g in self.calibrations
            ],
            "references": [
                {"dataset": d, "group": g, "folder": str(self.reference_folder(d, g))}
                for d, g in self.references
            ],
            "codecs": {name: str(folder) for name, folder in self.codecs.items()},
            "classifiers": {name: str(folder) for name, folder in self.classifiers.items()},
            "figures": [
                {"dataset": d, "figure": f, "folder": str(self.figure_folder(d, f))}
                for d, f in self.figures
            ],
            "figures_across": [
                {"figure": name, "folder": str(folder)}
                for name, folder in self.figure_across_folders().items()
            ],
            "runs": [self._run_as_json(run) for run in self.runs],
        }

    def _run_as_json(self, run: Run) -> dict[str, Any]:
        return {
            "hardware": run.hardware,
            "dataset": run.dataset,
            "variant": run.setting.variant.name,
            "setting": run.setting.name,
            "values": run.setting.values,
            "seed": run.seed,
            "data": str(self.data_folder(run.dataset, run.seed)),
            "train": str(self.train_folder(run)),
            "artefacts": {step: str(f) for step, f in self.artefact_folders(run).items()},
            "embed": str(self.embed_folder(run)) if self._is_embedded(run) else None,
            "scores": {group: str(self.measure_folder(run, group)) for group in self.groups(run)},
        }

    def _is_embedded(self, run: Run) -> bool:
        return any(self.embedded(run, group) for group in self.groups(run))

    def _path(self, dataset: str) -> Path:
        """The folder or file that a data set with a setting ``path`` reads."""
        return Path(self.configuration.datasets[dataset].get("path", "")).expanduser()

    def _listed(self, dataset: str) -> list[tuple[str, int, int]]:
        """Names, sizes and times of the files there, so that a change is seen."""
        if "path" not in self.datasets[dataset].settings:
            return []
        place = self._path(dataset)
        if not self.configuration.datasets[dataset].get("path"):
            return []
        below = [place] if place.is_file() else place.rglob("*")
        stats = [(str(path), path.stat()) for path in below if path.is_file()]
        return sorted((path, found.st_size, found.st_mtime_ns) for path, found in stats)

    def _modules(self, run: Run) -> tuple[str, str]:
        dataset = self.trained(run).dataset
        own = self.datasets[dataset].properties["backbone"]
        backbone = (own | self.configuration.backbones.get(dataset, {}))["name"]
        return run.setting.variant.module, f"aebench.nn.{backbone}"
