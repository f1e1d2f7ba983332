"""Train a data set's classifier: classifier.safetensors, classifier.json, features.safetensors."""

import argparse
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="folder of a prepared data set")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()

    from aebench import classifier, data
    from aebench.files import write_tensors
    from aebench.inputs import Inputs

    description, arrays = data.load(arguments.data)
    train, test = (Inputs(arrays[f"{split}_inputs"], description) for split in ("train", "test"))
    trained = classifier.train(train, classifier.targets(arrays, "train"), description.shape)
    right = classifier.accuracies(trained, test, classifier.targets(arrays, "test"))
    heads = zip(classifier.names(description), trained.sizes, right, strict=True)
    facts = {
        "accuracy": sum(right) / len(right),
        "heads": [{"name": n, "values": v, "accuracy": share} for n, v, share in heads],
        "shape": description.shape,
        "test_samples": len(test),
        "train_samples": len(train),
    }
    shown = test.first(2 * classifier.EMBEDDED).batches(classifier.EVALUATED)
    features = classifier.embed(trained, shown)
    kept, rest = features[: classifier.EMBEDDED], features[classifier.EMBEDDED :]
    noise = classifier.embed(trained, classifier.noise(description.shape))
    found = {"real_features": kept, "other_real_features": rest, "noise_features": noise}
    write_tensors(arguments.output / "features.safetensors", found)
    classifier.save(arguments.output, trained, facts)


if __name__ == "__main__":
    main()
