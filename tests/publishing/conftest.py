"""Finished runs to be published."""

from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import pytest

from aebench.publishing.site import publish
from tests.publishing.runs import finish


@pytest.fixture
def finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """`finish`, in a folder of its own."""
    monkeypatch.chdir(tmp_path)
    return finish


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published run, to be read only."""
    place = tmp_path_factory.mktemp("published")
    with chdir(place):
        made = publish(
            finish(), Path("results/tables"), Path("results/report"), Path("results/site")
        )
    return place / made
