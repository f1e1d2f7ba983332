"""What a configuration costs from two cores to a cluster, from what its jobs were measured to take.

    python -m benchmarks.scaling workflow/presets/full.yaml

A model, not a measurement: job by job, `aebench/job_sizes.csv` says what such jobs took on the
machine that made it (one thread, CPU seconds), scaled to the planned steps and samples. Added to
that are `START` for each job forked from the warm process, `SCHEDULING` for each job in Snakemake's
one process, and on a cluster `CLUSTER_START` for each job and `SUBMISSION` for each group of jobs.
Jobs that time a run have a machine to themselves, so on one machine they run one after the other.
Cores are taken to be those measured, and memory and disks not to matter.
"""

import argparse
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from aebench import configuration
from aebench.job_sizes import JobSizes, planned_samples, ratio
from aebench.plan import Plan, Run
from aebench.report.formatting import duration

ROOT = Path(__file__).parents[1]
START, SCHEDULING = 0.16, 0.01
"""Seconds of a core for each job, and of Snakemake's process: measured, shared/reference."""
CLUSTER_START, SUBMISSION = 5.0, 0.2
"""Seconds of a node for each job's own Snakemake and step, measured on one node; seconds of the
head node for each sbatch, assumed.
"""
TIMING, OTHERS = "timing", "other steps, scores"
TIMED_SECONDS = 1.0
"""A timing takes at least 0.1 s each for single samples, a batch and steps, warm-up beside it."""


@dataclass(frozen=True)
class Job:
    """A job of a run: the step or metric group, and its seconds on one core."""

    step: str
    seconds: float


def jobs(plan: Plan, run: Run, sizes: JobSizes, samples: dict[str, int]) -> list[Job]:
    """A run's jobs, training first."""
    trained = plan.trained(run)
    steps = plan.configuration.budgets[trained.dataset].steps
    named = ["train"] if trained == run else []
    named += list(plan.artefact_folders(run))
    named += plan.groups(run)
    named += ["embed"] if any(plan.embedded(run, group) for group in plan.groups(run)) else []

    def seconds(step: str) -> float:
        if step == TIMING:
            return TIMED_SECONDS
        size = sizes.find(run.hardware, step, run.dataset, run.setting.variant.name)
        planned = replace(size, steps=steps, samples=samples[run.dataset])
        return size.seconds * ratio(planned.work(), size.work())

    return [Job(step, seconds(step)) for step in named]


def read(path: Path) -> Plan:
    """The plan of a preset over config.yaml."""
    config: dict[str, Any] = yaml.safe_load((ROOT / "config.yaml").read_text())
    config |= yaml.safe_load(path.read_text()) or {}
    config["hardware"] = ["cpu"]
    return Plan(configuration.read(config, ROOT / "workflow/schemas/config.schema.yaml"))


def chain(of_run: list[Job]) -> float:
    """Seconds from the start of a run's training to its last score, nothing in between waiting."""
    by_step = {job.step: job.seconds for job in of_run}
    first = by_step.get("train", 0.0) + by_step.get("encode", 0.0)
    rest = [seconds for step, seconds in by_step.items() if step not in ("train", "encode")]
    return first + max(rest, default=0.0)


def main() -> None:
    """Print where the seconds are and how long the whole takes."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("preset", type=Path)
    plan = read(parser.parse_args().preset)
    sizes = JobSizes.read()
    samples = {
        name: planned_samples(entry.properties["splits"], plan.configuration.datasets[name])
        for name, entry in plan.datasets.items()
    }
    of_runs = [jobs(plan, run, sizes, samples) for run in plan.runs]
    seconds: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    for job in (job for of_run in of_runs for job in of_run):
        kind = job.step if job.step in ("train", "encode", "prior", TIMING) else OTHERS
        seconds[kind] += job.seconds
        counts[kind] += 1
    count, work = sum(counts.values()), sum(seconds.values())
    longest = max(map(chain, of_runs))
    for kind, of_kind in seconds.most_common():
        print(f"{kind:20} {counts[kind]:7,} jobs {duration(of_kind):>16} of a core")
    print(f"{'all':20} {count:7,} jobs {duration(work):>16}; longest run {duration(longest)}\n")
    spread, alone = work - seconds[TIMING] + START * count, seconds[TIMING]
    scheduling = SCHEDULING * count
    for cores in (2, 16, 64):
        wall = max(spread / cores, longest) + alone + scheduling
        print(
            f"{cores:4} cores       {duration(wall):>16}   spread {duration(spread / cores)}, "
            f"timing alone {duration(alone)}, scheduling {duration(scheduling)}"
        )
    not_trained = spread - seconds["train"] - seconds["encode"] - seconds["prior"]
    print(f"one GPU, 2 cores {duration(not_trained / 2 + alone):>14} at least: what the cores do")
    groups = len(of_runs)
    cores = 200
    on_nodes = max((work + CLUSTER_START * count) / cores, longest + CLUSTER_START * count / groups)
    head = SUBMISSION * groups + scheduling
    print(
        f"100 nodes × 2 cores {duration(max(on_nodes, head)):>11}   nodes {duration(on_nodes)}, of "
        f"it starting jobs {duration(CLUSTER_START * count / cores)}; head node {duration(head)}"
    )


if __name__ == "__main__":
    main()
