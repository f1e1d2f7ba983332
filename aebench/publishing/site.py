"""The site: this report under its commit, earlier ones beside it, and an index of all of them.

results/site/index.html
results/site/<commit>/index.html               the report as it was rendered; <commit>-<8 hex> where
                                               another configuration of the commit lies there
                      results.json             every number, `aebench.publishing.contents`
                      results.schema.json
                      ro-crate-metadata.json   `aebench.publishing.crate`
                      plan.json, tables/, figures/, Snakefile, workflow/ ...
"""

import shutil
from pathlib import Path
from typing import Any

from aebench.figures.drawn_files import drawn_files
from aebench.files import read_json, write_bytes, write_json, write_text
from aebench.fingerprint import key
from aebench.publishing import code, contents, index
from aebench.publishing.crate import METADATA, crate
from aebench.publishing.crate_actions import PAGE, PLAN, SCORES
from aebench.publishing.movements import FOLLOWED, Report
from aebench.report.origin import read_steps

TABLES = ("*.csv", "*.tex")

Content = dict[str, Any]


class Unfinished(Exception):
    """There is no finished run to publish; the message says what is missing."""


def publish(plan: Content, tables: Path, report: Path, site: Path, root: Path = code.ROOT) -> Path:
    """Put the report of a finished run on the site; returns its folder (`folder_of`).

    A report of the same commit and configuration is replaced, whole or not at all. Paths in the
    plan are relative to the working directory. Raises `Unfinished` where a part of the run is
    missing, and `jsonschema.ValidationError` for numbers that break their schema.
    """
    try:
        lock = root / code.LOCK
        content = contents.contents(plan, tables, lock if lock.is_file() else None)
        contents.check(content)
        target = folder_of(plan, site, str(content["commit"]))
        made = site / f".{target.name}"
        shutil.rmtree(made, ignore_errors=True)
        gather(plan, content, tables, report, root, made)
        write_json(made / METADATA, crate(made, content, read_steps(plan)), sort_keys=False)
    except FileNotFoundError as error:
        raise Unfinished(f"there is no {error.filename}") from error
    shutil.rmtree(target, ignore_errors=True)
    made.rename(target)
    write_text(site / PAGE, index.render(reports(site)))
    return target


def folder_of(plan: Content, site: Path, commit: str) -> Path:
    """Where the report of a plan belongs: under its commit, or under commit and configuration where
    the commit's folder holds a report of another configuration.
    """
    asked = plan.get("configuration")
    own = site / f"{commit}-{key(configuration=asked)[:8]}"
    known = site / commit / PLAN
    taken = known.is_file() and read_json(known).get("configuration") != asked
    return own if taken or own.is_dir() else site / commit


def gather(
    plan: Content, content: Content, tables: Path, report: Path, root: Path, folder: Path
) -> None:
    """Write everything that is published of a run into ``folder``, but the crate's metadata."""
    for name, file in code.at(content["commit"], root).items():
        write_bytes(folder / name, file)
    shutil.copy(report / PAGE, folder / PAGE)
    copied = {f"tables/{path.name}": path for kind in TABLES for path in sorted(tables.glob(kind))}
    copied |= {f"figures/{name}": path for name, path in drawn_files(plan).items()}
    for name, path in copied.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, folder / name)
    shutil.copyfile(contents.SCHEMA, folder / contents.SCHEMA.name)
    write_json(folder / PLAN, plan)
    write_json(folder / SCORES, content)


def reports(site: Path) -> list[Report]:
    """Every report on the site, new to old, of its scores only those that can be headlines; a
    report in a version of the schema that this code does not read is left out.
    """
    found = []
    for path in site.glob(f"[!.]*/{SCORES}"):
        content = read_json(path)
        if content["schema"] == contents.VERSION:
            content["scores"] = [e for e in content["scores"] if e["metric"] in FOLLOWED]
            found.append(Report(content, path.parent.name))
    return sorted(found, key=lambda r: (r.content["finished"], r.folder), reverse=True)
