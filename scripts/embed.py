"""Features of a run's samples and reconstructions: features.safetensors, record.json.

Samples are the decoded codes that the run drew from its prior; they are not kept.
"""

import argparse
from pathlib import Path

from aebench import provenance
from aebench.arguments import of_run
from aebench.data import Description
from aebench.files import read_json, reading, write_tensors
from aebench.registry import variants


def embed(arguments: argparse.Namespace) -> None:
    """Decode, classify, write what the metrics read."""
    import torch
    from safetensors.torch import load_file

    from aebench import classifier, training

    artefacts: dict[str, torch.Tensor] = {}
    for path in arguments.artefacts:
        with reading(path):
            artefacts |= load_file(path)
    judge = classifier.load(arguments.classifier)
    reconstructions = artefacts["reconstructions"].split(classifier.EVALUATED)
    found = {"reconstruction_features": classifier.embed(judge, reconstructions)}
    if "prior_codes" in artefacts:
        description = Description(**read_json(arguments.data / "data.json"))
        entry = variants()[arguments.variant]
        device, model = arguments.hardware, arguments.model
        variant = training.restored(entry, description, arguments.settings, device, model)
        codes = artefacts["prior_codes"][: classifier.EMBEDDED].to(device)
        with torch.no_grad():
            samples = (variant.decode(some) for some in codes.split(classifier.EVALUATED))
            found["sample_features"] = classifier.embed(judge, samples)
    write_tensors(arguments.output / "features.safetensors", found)


def main() -> None:
    parser = of_run(__doc__)
    parser.add_argument("--classifier", type=Path, required=True, help="folder of its classifier")
    parser.add_argument(
        "--artefacts",
        type=Path,
        nargs="+",
        required=True,
        help="its artefacts.safetensors, and those of the prior of its codes where there is one",
    )
    arguments = parser.parse_args()
    provenance.record(
        "embed",
        arguments.output,
        ["features.safetensors"],
        lambda: embed(arguments),
        upstream=provenance.first_failed([path.parent for path in arguments.artefacts]),
    )


if __name__ == "__main__":
    main()
