"""Train one variant on one data set: model.safetensors, history.csv, cost.json, record.json."""

import argparse
import csv
import io

from aebench import data, provenance
from aebench.arguments import of_run
from aebench.data import Budget
from aebench.files import write_json, write_tensors, write_text
from aebench.registry import variants

OUTPUTS = ["model.safetensors", "history.csv", "cost.json"]


def train(arguments: argparse.Namespace) -> None:
    """Train and write the outputs; a checkpoint beside the folder lets a killed run go on."""
    from aebench import training
    from aebench.inputs import Inputs

    description, arrays = data.load(arguments.data)
    variant = training.build(
        variants()[arguments.variant],
        description,
        arguments.settings,
        arguments.seed,
        arguments.hardware,
    )
    budget = Budget(**arguments.budget)
    stored, labels = arrays["train_inputs"], arrays.get("train_labels")
    inputs = Inputs(stored, description, arguments.hardware, labels)
    checkpoint = arguments.output.with_name(f"checkpoint-{arguments.output.name}.safetensors")
    progress = training.train(variant, inputs, budget, arguments.seed, checkpoint)
    state = {name: tensor.cpu().numpy() for name, tensor in variant.state_dict().items()}
    write_tensors(arguments.output / "model.safetensors", state)
    write_text(arguments.output / "history.csv", table(progress.history))
    cost = {
        "parameters": training.parameter_count(variant),
        "train_samples": progress.step * min(budget.batch_size, len(inputs))
        if len(progress.history) > 1
        else len(inputs),
        "train_seconds": progress.seconds,
        "train_cpu_seconds": progress.cpu_seconds,
        "peak_memory_bytes": provenance.peak_memory(),
    }
    write_json(arguments.output / "cost.json", cost)
    checkpoint.unlink(missing_ok=True)


def table(rows: list[dict[str, float]]) -> str:
    """Rows as CSV text."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def main() -> None:
    arguments = of_run(__doc__, trained=False, training=True).parse_args()
    provenance.record(
        "train",
        arguments.output,
        OUTPUTS,
        lambda: train(arguments),
        upstream=None,
        variant=arguments.variant,
        settings=arguments.settings,
        budget=arguments.budget,
        seed=arguments.seed,
        hardware=arguments.hardware,
    )


if __name__ == "__main__":
    main()
