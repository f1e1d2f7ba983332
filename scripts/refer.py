"""Score real images and noise as if they were samples, with one group of metrics: references.json.

``real``: one half of the classified test images against the other, what perfect samples of that
number would score; ``noise``: uniform noise against all of them that runs are compared with.
"""

import argparse
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", required=True, help="a module or folder of aebench.metrics")
    parser.add_argument("--features", type=Path, required=True, help="a classifier's features")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()

    import numpy as np

    from aebench import measuring
    from aebench.files import read_tensors, write_json

    features = read_tensors(arguments.features)
    real = features["real_features"]
    both = np.concatenate([real, features["other_real_features"]])
    half = len(both) // 2
    pairs = {
        "real": (both[:half], both[half : 2 * half]),
        "noise": (real, features["noise_features"]),
    }
    found = {}
    for reference, (ours, theirs) in pairs.items():
        named = {"real_features": ours, "sample_features": theirs}
        measured = measuring.measure(arguments.group, named)
        found[reference] = {
            "real_samples": len(ours),
            "samples": len(theirs),
            "values": measured.values,
            "failures": measured.failures,
        }
    write_json(arguments.output / "references.json", found)


if __name__ == "__main__":
    main()
