"""What follows from source is found again by later starts, and by none after a change."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from aebench import from_source

CALLS: list[int] = []


@from_source.from_source
def squared(number: int) -> int:
    CALLS.append(number)
    return number**2


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A project of one file, of which nothing is known."""
    monkeypatch.setattr(from_source, "ROOT", tmp_path)
    start(monkeypatch)
    (tmp_path / "aebench").mkdir()
    (tmp_path / "aebench/module.py").write_text("a = 1\n")
    from_source.recall(tmp_path / "none")
    yield tmp_path


def start(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a new process would."""
    monkeypatch.setattr(from_source, "_known", {})
    monkeypatch.setattr(from_source, "_recalled", set())
    monkeypatch.setattr(from_source, "_begun", [])
    CALLS.clear()


def test_a_later_start_computes_nothing(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert [squared(3), squared(3)] == [9, 9] and CALLS == [3]
    from_source.keep(project / "kept")
    start(monkeypatch)
    from_source.recall(project / "kept")
    assert squared(3) == 9 and not CALLS
    assert squared(4) == 16 and CALLS == [4]
    from_source.keep(project / "kept")
    start(monkeypatch)
    from_source.recall(project / "kept")
    assert squared(4) == 16 and not CALLS


@pytest.mark.parametrize("name", ["module.py", "added.yaml"])
def test_a_changed_or_new_file_makes_everything_unknown(
    project: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    squared(3)
    from_source.keep(project / "kept")
    (project / "aebench" / name).write_text("a = 2\n")
    start(monkeypatch)
    from_source.recall(project / "kept")
    squared(3)
    assert CALLS == [3]


@pytest.mark.parametrize("left", [0, 10, 70, -1])
def test_what_is_damaged_or_not_there_is_not_taken(
    project: Path, monkeypatch: pytest.MonkeyPatch, left: int
) -> None:
    kept = project / "kept"
    squared(3)
    from_source.keep(kept)
    kept.write_bytes(kept.read_bytes()[:left])
    start(monkeypatch)
    from_source.recall(kept)
    from_source.recall(project / "none")
    squared(3)
    assert CALLS == [3]
    from_source.keep(kept)
    start(monkeypatch)
    from_source.recall(kept)
    assert squared(3) == 9 and not CALLS


def test_what_was_found_before_an_edit_is_not_kept_as_found_after_it(project: Path) -> None:
    squared(3)
    (project / "aebench/module.py").write_text("a = 2\n")
    from_source.keep(project / "kept")
    assert not (project / "kept").exists()


def test_arguments_by_name_are_refused() -> None:
    with pytest.raises(TypeError, match="squared: arguments by position only"):
        squared(number=3)


def test_where_nothing_can_be_written_nothing_is_kept(project: Path) -> None:
    squared(3)
    from_source.keep(project / "aebench/module.py/kept")
