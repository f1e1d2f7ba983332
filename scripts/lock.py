"""Write envs/ from pyproject.toml's dependencies: the lock that pip installs, and conda's files.

Pins that still satisfy the list stay as they are; ``--upgrade`` moves all of them to the newest.
"""

import argparse
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = Path("envs/requirements.lock")
PYTHON = "3.11"
"""The oldest Python the lock serves, and the one that conda installs."""

CUDA_PACKAGES = re.compile(r"nvidia-(?!ml-py)|cuda-|triton\b")
LOCK_HEADER = """\
# Every package that running and testing AEBench needs, pinned, for Python 3.11 and newer.
# Written by `make lock` from pyproject.toml. Do not edit.
#
# torch's CUDA libraries (nvidia-*, cuda-*, triton) are left out: torch's Linux build from PyPI pins
# each of them itself, so pip installs the same versions with or without a line here, while a CPU
# build of torch needs none of them and would be made to download gigabytes.
"""
CONDA_HEADER = """\
# What running AEBench needs, torch for {kind}: `conda env create --file envs/{kind}.yaml`.
# Written by `make lock` from pyproject.toml, with the pins of requirements.lock. Do not edit.
"""
CPU_INDEX = "https://download.pytorch.org/whl/cpu"


def compiled(root: Path, upgrade: bool) -> str:
    """The lock's text, resolved by uv for every platform at once, one version of each package."""
    command = [sys.executable, "-m", "uv", "pip", "compile", "pyproject.toml", "--extra", "dev"]
    command += ["--universal", "--python-version", PYTHON, "--fork-strategy", "fewest"]
    command += ["--no-header", "--no-annotate", "--quiet"] + ["--upgrade"] * upgrade
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder, LOCK.name)
        if (root / LOCK).exists():
            shutil.copy(root / LOCK, output)  # uv keeps the pins it finds there
        subprocess.run([*command, "--output-file", str(output)], cwd=root, check=True)
        lines = output.read_text().splitlines()
    kept = [line for line in lines if not CUDA_PACKAGES.match(line)]
    return LOCK_HEADER + "\n".join(kept) + "\n"


def canonical(requirement: str) -> str:
    """The package that a requirement is about, in the one spelling of its name."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


def pins(lock: str) -> dict[str, str]:
    """Version by package."""
    lines = [line for line in lock.splitlines() if line and not line.startswith("#")]
    return {canonical(line): line.split("==")[1].split(";")[0].strip() for line in lines}


def conda(kind: str, dependencies: Iterable[str], versions: dict[str, str]) -> str:
    """Text of the conda file for ``kind``, ``"cpu"`` or ``"cuda"``."""
    names = sorted(map(canonical, dependencies))
    packages = [f"{name}=={versions[name]}" for name in names]
    if kind == "cpu":
        packages = [f"--extra-index-url {CPU_INDEX}"] + [
            f"{package}+cpu" if package.startswith("torch==") else package for package in packages
        ]
    lines = ["channels:", "  - conda-forge", "  - nodefaults", "dependencies:"]
    lines += [f"  - python={PYTHON}", "  - pip=25", "  - pip:"]
    lines += [f"      - {package}" for package in packages]
    return CONDA_HEADER.format(kind=kind) + "\n".join(lines) + "\n"


def environments(root: Path, lock: str) -> dict[Path, str]:
    """The conda files that belong to a lock: text by path."""
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    return {
        Path(f"envs/{kind}.yaml"): conda(kind, project["dependencies"], pins(lock))
        for kind in ("cpu", "cuda")
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--upgrade", action="store_true", help="move every pin to the newest")
    arguments = parser.parse_args()
    lock = compiled(ROOT, arguments.upgrade)
    for path, text in {LOCK: lock, **environments(ROOT, lock)}.items():
        (ROOT / path).parent.mkdir(exist_ok=True)
        (ROOT / path).write_text(text)
        print(path)


if __name__ == "__main__":
    main()
