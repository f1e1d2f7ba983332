"""Time a trained model, and training it further: artefacts.safetensors, record.json."""

import argparse

from aebench import data, provenance
from aebench.arguments import of_run
from aebench.data import Budget
from aebench.files import write_tensors
from aebench.registry import variants


def time_run(arguments: argparse.Namespace) -> None:
    """Load the model and its data and write what metrics of cost read."""
    from aebench import timing, training
    from aebench.inputs import Inputs

    description, arrays = data.load(arguments.data)
    entry, device = variants()[arguments.variant], arguments.hardware
    variant = training.restored(entry, description, arguments.settings, device, arguments.model)
    train = Inputs(arrays["train_inputs"], description, device, arrays.get("train_labels"))
    test = Inputs(arrays["test_inputs"], description, device)
    found = timing.costs(variant, train, test, Budget(**arguments.budget), arguments.seed)
    write_tensors(arguments.output / "artefacts.safetensors", found)


def main() -> None:
    arguments = of_run(__doc__, training=True).parse_args()
    provenance.record(
        "time",
        arguments.output,
        ["artefacts.safetensors"],
        lambda: time_run(arguments),
        upstream=arguments.model.parent,
    )


if __name__ == "__main__":
    main()
