"""The fingerprint sees what runs and nothing else."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
Fingerprint = Callable[..., str]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the package to edit."""
    for folder in ("aebench", "scripts"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )
    return tmp_path


@pytest.fixture
def fingerprint(project: Path) -> Fingerprint:
    """Fingerprint modules of the copy, each time in a new process."""

    def ask(*modules: str) -> str:
        code = f"from aebench.fingerprint import code; print(code(*{modules!r}))"
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True
        )
        return done.stdout

    return ask


VAE, AE = "aebench.variants.variational.vae", "aebench.variants.classic.ae"


def edit(project: Path, file: str, old: str, new: str) -> None:
    path = project / file
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_comments_docstrings_and_formatting_do_not_count(
    project: Path, fingerprint: Fingerprint
) -> None:
    before = fingerprint(VAE)
    file = "aebench/variants/variational/vae.py"
    edit(project, file, "One reparameterised draw", "One single reparameterised draw")
    edit(project, file, "    def loss(", "    # a comment\n\n    def loss(")
    edit(project, file, '"""q(z|x) of each sample."""', '"""Another sentence."""')
    assert fingerprint(VAE) == before


def test_a_base_class_counts_for_its_heirs_alone(project: Path, fingerprint: Fingerprint) -> None:
    beta, other = fingerprint("aebench.variants.variational.beta_vae"), fingerprint(AE)
    edit(project, "aebench/variants/variational/vae.py", ".mu\n", ".mu + 0\n")
    assert fingerprint("aebench.variants.variational.beta_vae") != beta
    assert fingerprint(AE) == other


def test_a_shared_loss_counts_for_those_who_use_it(project: Path, fingerprint: Fingerprint) -> None:
    vae, ae = fingerprint(VAE), fingerprint(AE)
    edit(project, "aebench/objectives/divergences.py", "0.5 *", "0.25 * 2 *")
    assert fingerprint(VAE) != vae
    assert fingerprint(AE) == ae


def test_an_unused_function_of_a_used_module_does_not_count(
    project: Path, fingerprint: Fingerprint
) -> None:
    before = fingerprint(VAE)
    path = project / "aebench/objectives/divergences.py"
    path.write_text(path.read_text() + "\n\ndef unused() -> int:\n    return 1\n")
    assert fingerprint(VAE) == before


def test_what_a_name_imports_from_elsewhere_counts(project: Path, fingerprint: Fingerprint) -> None:
    before = fingerprint("aebench.metrics.compression")
    edit(project, "aebench/metrics/compression.py", "import numpy as np", "import math as np")
    assert fingerprint("aebench.metrics.compression") != before


def test_training_does_not_depend_on_metrics_figures_or_report(fingerprint: Fingerprint) -> None:
    code = (
        "from aebench.fingerprint import closure;"
        f"print(*sorted({{m for m, _ in closure('scripts.train', {VAE!r}, 'aebench.nn.mlp')}}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    reached = done.stdout.split()
    assert "aebench.training" in reached and "aebench.objectives.divergences" in reached
    apart = (
        "metrics",
        "figures",
        "report",
        "comparison",
        "statistics",
        "datasets",
        "plan",
        "worker",
    )
    assert not [m for m in reached if m.split(".")[1] in apart]


TRACER = """
import json, sys
sys.path.insert(0, {root!r})
from aebench.fingerprint import closure, source
executed = set()
def trace(frame, event, argument):
    if event == "call" and frame.f_code.co_filename.startswith({root!r} + "/aebench"):
        executed.add((frame.f_code.co_filename, frame.f_code.co_firstlineno, frame.f_code.co_name))
import numpy as np
from aebench import registry, training
from aebench.data import Budget, Description
from aebench.inputs import Inputs
entry = registry.variants()["beta-vae"]
properties = registry.datasets()["digits"].properties
data = Description(name="digits", **properties)
sys.setprofile(trace)
variant = training.build(entry, data, {{}}, 0, "cpu")
training.train(variant, Inputs(np.zeros((64, 1, 8, 8), np.uint8), data), Budget(5, 16, 1e-3), 0)
sys.setprofile(None)
reached = closure("scripts.train", entry.module, "aebench.nn.mlp")
lines = set()
for module, index in reached:
    statement = source(module).statements[index]
    first = min([statement.lineno, *(d.lineno for d in getattr(statement, "decorator_list", []))])
    lines |= {{(module, line) for line in range(first, statement.end_lineno + 1)}}
for file, line, name in executed:
    module = file[len({root!r}) + 1 : -3].replace("/", ".")
    if name != "<module>" and (module, line) not in lines:
        print(module, line, name)
"""


def test_every_function_that_a_training_runs_is_in_its_closure() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRACER.format(root=str(ROOT))], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
