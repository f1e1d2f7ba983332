# Where results lie in an object store (`--default-storage-provider`), a job finds here what its rule
# asks for and nothing else. So there a rule asks for what its script reads beside that, too.
from functools import cache

from snakemake.io import flag
from snakemake.path_modifier import PATH_MODIFIER_FLAG

STORED = workflow.storage_settings.default_storage_provider is not None

READ_BESIDE = {
    "data.safetensors": ["data.json"],
    "host.safetensors": ["host.json"],
    "classifier.safetensors": ["classifier.json"],
    "model.safetensors": ["record.json", "cost.json", "history.csv"],
    "artefacts.safetensors": ["record.json"],
    "compress-*/artefacts.safetensors": ["cost.json"],
    "embed-*/features.safetensors": ["record.json"],
    "scores.json": ["record.json", "matrices.safetensors"],
    "codecs.json": ["pictures.safetensors"],
}


def siblings(paths):
    """What scripts read beside files."""
    return [
        path.with_name(name)
        for path in map(Path, paths)
        for pattern, names in READ_BESIDE.items()
        if path.match(pattern)
        for name in names
    ]


def where_stored(files_of):
    """An input that a local job finds without asking."""
    return lambda wildcards: ancient(files_of(wildcards)) if STORED else []


def beside(*inputs):
    """What a script reads beside the files of ``inputs``, which are input functions."""

    def files_of(wildcards):
        found = [files for each in inputs if (files := each(wildcards))]
        lists = [[files] if isinstance(files, str) else files for files in found]
        return siblings(chain.from_iterable(lists))

    return where_stored(files_of)


@cache
def left_by_runs():
    """Of every step of every run, the file that others lie beside, with the run's data set."""
    left = []
    for run in plan.as_json()["runs"]:
        paths = [Path(run["train"], "model.safetensors")]
        paths += [
            Path(each, "artefacts.safetensors") for each in run["artefacts"].values()
        ]
        paths += [Path(run["embed"], "features.safetensors")] if run["embed"] else []
        paths += [Path(each, "scores.json") for each in run["scores"].values()]
        left += [(run["dataset"], path) for path in paths]
    return left


@where_stored
def compared(wildcards):
    """What tables read beside scores."""
    return siblings(plan.score_files())


def shown(datasets):
    """What pictures of data sets read beside scores."""
    data = [first_data(name) for name in datasets]
    left = [path for name, path in left_by_runs() if name in datasets]
    arrays = [path for path in left if path.name == "artefacts.safetensors"]
    return [*data, *arrays, *siblings([*data, *left])]


@where_stored
def drawn(wildcards):
    """What figures of a data set read beside scores."""
    return shown([wildcards.dataset])


@where_stored
def rendered(wildcards):
    """What the page reads beside tables and figures."""
    codecs = plan.codec_files()
    classifiers = [
        folder / "classifier.safetensors" for folder in plan.classifiers.values()
    ]
    return [*shown(plan.datasets), *codecs, *siblings([*codecs, *classifiers])]


def kept_here(paths):
    """Outputs that are made anew on each machine: they have one place for all plans, and the stamps
    that tell plans apart could not be removed from the store.

    `local` would do, but is lost where another rule names these as ``rules.….output``.
    """
    return flag(paths, PATH_MODIFIER_FLAG) if STORED else paths


def link_copies():
    """Have the store's local copies lie below results/, where the plan says that results are.

    Raises `FileExistsError` where they lie elsewhere already.
    """
    prefix = workflow.storage_settings.default_storage_prefix.rstrip("/")
    store = workflow.storage_registry.default_storage_provider
    copies = Path(store.object(f"{prefix}/{RESULTS}").local_path())
    copies.parent.mkdir(parents=True, exist_ok=True)
    if not copies.is_symlink():
        copies.symlink_to(
            os.path.relpath(RESULTS, copies.parent), target_is_directory=True
        )
