"""Score a perfect and a random code with one group of metrics: calibration.json."""

import argparse
from pathlib import Path


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--group", required=True, help="a module or folder of aebench.metrics")
    parser.add_argument("--data", type=Path, required=True, help="folder of a prepared data set")
    parser.add_argument("--output", type=Path, required=True, help="folder")
    arguments = parser.parse_args()

    from aebench import calibration, data, measuring
    from aebench.files import write_json

    description, arrays = data.load(arguments.data)
    found = {}
    for reference in calibration.REFERENCES:
        named = calibration.arrays(description, arrays, reference)
        measured = measuring.measure(arguments.group, named, calibration.calibrated)
        found[reference] = {"values": measured.values, "failures": measured.failures}
    write_json(arguments.output / "calibration.json", found)


if __name__ == "__main__":
    main()
