"""Run a trained model over its data: artefacts.safetensors, record.json."""

import argparse

from aebench import data, provenance
from aebench.arguments import of_run
from aebench.files import write_tensors
from aebench.registry import variants


def encode(arguments: argparse.Namespace) -> None:
    """Load the model, encode the data, write what metrics and figures see."""
    from aebench import encoding, training
    from aebench.inputs import Inputs

    description, arrays = data.load(arguments.data)
    entry, device = variants()[arguments.variant], arguments.hardware
    variant = training.restored(entry, description, arguments.settings, device, arguments.model)
    kept = arrays["train_inputs"][: data.TRAIN_CODES]
    train = Inputs(kept, description, device)
    test = Inputs(arrays["test_inputs"], description, device, arrays.get("test_labels"))
    found = encoding.artefacts(variant, train, test, arguments.seed)
    write_tensors(arguments.output / "artefacts.safetensors", found)


def main() -> None:
    parser = of_run(__doc__)
    parser.add_argument("--seed", type=int, required=True)
    arguments = parser.parse_args()
    provenance.record(
        "encode",
        arguments.output,
        ["artefacts.safetensors"],
        lambda: encode(arguments),
        upstream=arguments.model.parent,
    )


if __name__ == "__main__":
    main()
