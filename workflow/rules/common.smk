import gc
import json
import os
import sys
import time
from dataclasses import asdict
from itertools import chain
from pathlib import Path

gc.disable()  # to look for garbage takes a quarter of the planning, which makes none

ROOT = Path(str(workflow.current_basedir)).parents[1]
sys.path.insert(0, str(ROOT))

from aebench import (
    configuration,
    files,
    from_source,
    hardware,
    provenance,
    registry,
    summary,
    worker,
)
from aebench.files import PLAN, REPORT, RESULTS, TABLES, USAGE, write_json
from aebench.job_sizes import JobSizes, planned_samples
from aebench.ledger import configuration as claimed
from aebench.ledger.reading import read_all
from aebench.plan import Plan
from aebench.registry import COST
from aebench.report import claims as verdicts
from aebench.usage import usage

STARTED = time.time()
LOCAL = workflow.is_main_process and workflow.resource_settings.nodes is None

# jobs are one thread each, several at once: idle OpenMP threads must not spin
os.environ.update(OMP_NUM_THREADS="1", OMP_WAIT_POLICY="PASSIVE", PYTHONPATH=str(ROOT))
data_directory = files.data_directory(config.get("data_directory", "data"))
os.environ[files.DATA_DIRECTORY] = str(data_directory)

# `snakemake claims`: what claims need, and nothing else; jobs on other machines learn it from here
claim = config.pop("claim", os.environ.get(files.CLAIM, ""))
if "claims" in sys.argv:
    claim = claim or "all"

from_source.recall(files.FROM_SOURCE)
try:
    claims = read_all()
    if claim:
        os.environ[files.CLAIM] = claim
        config |= claimed.needed(claimed.select(claims, claim), config["hardware"])
    plan = Plan(
        configuration.read(config, ROOT / "workflow/schemas/config.schema.yaml")
    )
    if LOCAL:
        plan.check_files(data_directory)
except configuration.Mistake as mistake:
    sys.exit(str(mistake))


groups = {metric.properties["group"] for metric in registry.metrics().values()}


wildcard_constraints:
    hardware="cpu|cuda",
    dataset=rf"(?!{files.ALL_DATASETS}/)[a-z0-9-]+",
    split=r"official|fixed|seed-\d+",
    setting="[^/]+",
    seed=r"\d+",
    group="|".join(groups),
    host="[a-z_]+",
    figure="[a-z-]+",
    key="[0-9a-f]{12}",


if LOCAL:
    workflow.global_resources["gpu"] = hardware.share_out(config.get("gpu_slots", 1))


# `python` in a rule is a process forked from one that has imported torch already, where there is one
shell.prefix(worker.SHELL_FUNCTION.replace("{", "{{").replace("}", "}}"))


onstart:
    gc.enable()
    try:
        files.hold(files.LOCK)
        if STORED:
            link_copies()
        files.date_back(RESULTS)
        write_json(PLAN, plan.as_json() | {"commit": provenance.commit()})
    except BlockingIOError:
        sys.exit(summary.OCCUPIED)
    except OSError as error:
        sys.exit(summary.UNWRITABLE.format(RESULTS.resolve(), error))
    if LOCAL:
        # it starts a timer after every job, each of which starts the next for ever
        workflow.scheduler.job_rate_limiter = None
        if workflow.cores == 1:
            os.environ[provenance.ALONE] = "yes"
    if LOCAL and not workflow.deployment_settings.deployment_method:
        worker.start()


onsuccess:
    worker.stop()
    finish()


onerror:
    worker.stop()
    print(*summary.unfinished(RESULTS, list(failed_logs())), sep="\n", flush=True)


def failed_logs():
    """Logs of the jobs that failed; of jobs sent together, of those that began and did not end."""
    for failed in workflow.scheduler.failed:
        for job in failed.jobs if failed.is_group() else [failed]:
            log = Path(job.log[0])
            ended = all(Path(output).exists() for output in job.output)
            if not failed.is_group() or log.exists() and not ended:
                yield log


def finish():
    """Print the summary; leave with status 1, and come back here next time, where runs failed."""
    if not Path(report_stamp).exists():
        return
    planned = plan.as_json()
    used = usage(planned, STARTED, time.time())
    write_json(USAGE, used)
    judged = verdicts.lines(TABLES) if claim else []
    here = used if LOCAL and not STORED else None  # else records or jobs lie elsewhere
    print(*judged, *summary.lines(planned, TABLES, here), sep="\n", flush=True)
    if summary.read_rows(TABLES / "failures.csv"):
        Path(report_stamp).unlink()
        sys.exit(1)


RUN = f"{RESULTS}/{{hardware}}/{{dataset}}/{{setting}}/seed-{{seed}}"
LOGS = f"{RESULTS}/logs/{{hardware}}/{{dataset}}/{{setting}}/seed-{{seed}}"

# tables and report have one place each; a missing stamp says that they are of another plan
tables_stamp = f"{TABLES}/.key-{plan.tables_key()}"
report_stamp = f"{REPORT}/.key-{plan.report_key()}"
from_source.keep(files.FROM_SOURCE)


def run_of(wildcards):
    return plan.find(
        wildcards.hardware, wildcards.dataset, wildcards.setting, wildcards.seed
    )


def data_of(wildcards):
    folder = plan.data_folder(wildcards.dataset, int(wildcards.seed))
    return ancient(folder / "data.safetensors")


def first_data(dataset):
    return ancient(plan.data_folders(dataset)[0] / "data.safetensors")


def first_data_of(wildcards):
    return first_data(wildcards.dataset)


def trained_data_of(wildcards):
    run = plan.trained(run_of(wildcards))
    return ancient(plan.data_folder(run.dataset, run.seed) / "data.json")


def data_of_split(wildcards):
    key = plan.data_key(wildcards.dataset, wildcards.split)
    folder = files.data_folder(wildcards.dataset, wildcards.split, key)
    return ancient(folder / "data.safetensors")


def model_of(wildcards):
    return ancient(plan.train_folder(run_of(wildcards)) / "model.safetensors")


def host_of(wildcards):
    """The network whose hidden states the data set is, where it is that."""
    folder = plan.host_folder(wildcards.dataset)
    return ancient(folder / "host.safetensors") if folder else []


def encoded_of(wildcards):
    folders = plan.artefact_folders(run_of(wildcards))
    return ancient(folders["encode"] / "artefacts.safetensors")


def artefacts_of_group(wildcards):
    """Arrays of the run that a metric group reads."""
    folders = plan.read_by(run_of(wildcards), wildcards.group)
    return ancient([folder / "artefacts.safetensors" for folder in folders])


def artefacts_of_other_seeds(wildcards):
    folders = plan.others(run_of(wildcards), wildcards.group)
    return ancient([folder / "artefacts.safetensors" for folder in folders])


def embedded_artefacts_of(wildcards):
    folders = plan.embedded_folders(run_of(wildcards))
    return ancient([folder / "artefacts.safetensors" for folder in folders])


def classifier_of(wildcards):
    folder = plan.classifier_folder(wildcards.dataset, int(wildcards.seed))
    return ancient(folder / "classifier.safetensors")


def features_of(wildcards):
    """Features of the test images and of the run, where the group's scores are over features."""
    run = run_of(wildcards)
    if not plan.embedded(run, wildcards.group):
        return []
    folders = plan.classifier_folder(run.dataset, run.seed), plan.embed_folder(run)
    return ancient([folder / "features.safetensors" for folder in folders])


def shown_in_figure(wildcards):
    codecs = plan.codecs.get(wildcards.dataset)
    of_codecs = [codecs / "codecs.json"] if codecs else []
    return ancient([*plan.score_files(wildcards.dataset), *of_codecs])


def dataset_settings(wildcards):
    return json.dumps(plan.configuration.datasets[wildcards.dataset], sort_keys=True)


def backbone_of(wildcards):
    changes = plan.configuration.backbones.get(wildcards.dataset, {})
    return json.dumps(changes, sort_keys=True)


def variant_of(wildcards):
    return run_of(wildcards).setting.variant.name


def settings_of(wildcards):
    return json.dumps(run_of(wildcards).setting.values, sort_keys=True)


def budget_of(wildcards):
    return json.dumps(
        asdict(plan.configuration.budgets[wildcards.dataset]), sort_keys=True
    )


def gpus_of(wildcards):
    return 1 if wildcards.hardware == "cuda" else None


job_sizes = JobSizes.read()
samples = {
    name: planned_samples(entry.properties["splits"], plan.configuration.datasets[name])
    for name, entry in plan.datasets.items()
}


def size_of(wildcards, step=""):
    """What such a job took, of a step or, without one, of the job's metric group."""
    variant = plan.settings[wildcards.setting].variant.name
    return job_sizes.find(
        wildcards.hardware, step or wildcards.group, wildcards.dataset, variant
    )


def minutes(step=""):
    """What jobs of a step ask for as `runtime`."""
    return lambda wildcards, attempt: size_of(wildcards, step).minutes_asked(
        plan.configuration.budgets[wildcards.dataset].steps,
        samples[wildcards.dataset],
        attempt,
    )


def megabytes(step=""):
    """What they ask for as `mem_mb`."""
    return lambda wildcards, attempt: size_of(wildcards, step).megabytes_asked(
        samples[wildcards.dataset], attempt
    )


include: "store.smk"
