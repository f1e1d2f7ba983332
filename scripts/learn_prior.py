"""Learn the distribution of a run's discrete codes: prior.safetensors, artefacts.safetensors,
prior.json, record.json.
"""

import argparse

from aebench import data, provenance
from aebench.arguments import of_run
from aebench.data import Budget
from aebench.files import write_json, write_tensors
from aebench.registry import variants

OUTPUTS = ["prior.safetensors", "artefacts.safetensors", "prior.json"]


def learn_prior(arguments: argparse.Namespace) -> None:
    """Fit the prior to the training samples' indices; write it and what it says of test samples."""
    from time import perf_counter

    from aebench import code_prior, encoding, training
    from aebench.inputs import Inputs
    from aebench.variants.capabilities import DiscreteCodes

    description, arrays = data.load(arguments.data)
    entry, device = variants()[arguments.variant], arguments.hardware
    variant = training.restored(entry, description, arguments.settings, device, arguments.model)
    assert isinstance(variant, DiscreteCodes)
    size = variant.codebook_size
    splits = [
        Inputs(arrays[f"{split}_inputs"], description, device)
        for split in ("train", "validation", "test")
    ]
    splits[0] = splits[0].drawn_once(arguments.seed)
    train, validation, test = (encoding.indices(variant, inputs) for inputs in splits)
    steps = min(Budget(**arguments.budget).steps, data.PRIOR_STEPS)
    started = perf_counter()
    fitted = code_prior.fit(train, validation, size, steps, arguments.seed)
    seconds = perf_counter() - started
    code_prior.save(arguments.output / "prior.safetensors", fitted.prior)
    found = code_prior.artefacts(fitted.prior, variant, train, test, arguments.seed)
    write_tensors(arguments.output / "artefacts.safetensors", found)
    facts = {
        "parameters": sum(parameter.numel() for parameter in fitted.prior.parameters()),
        "steps": steps,
        "kept_step": fitted.step,
        "validation_nats": fitted.validation_nats,
        "seconds": seconds,
    }
    write_json(arguments.output / "prior.json", facts)


def main() -> None:
    arguments = of_run(__doc__, training=True).parse_args()
    provenance.record(
        "learn_prior",
        arguments.output,
        OUTPUTS,
        lambda: learn_prior(arguments),
        upstream=arguments.model.parent,
    )


if __name__ == "__main__":
    main()
