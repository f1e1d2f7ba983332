"""The page that lists all reports, and how their headline numbers moved."""

import math
from pathlib import Path

from aebench.publishing.contents import MODIFIED
from aebench.publishing.movements import Report, headlines
from aebench.report.formatting import ARROWS, moment, quantity, readable, short
from aebench.report.templates import templates

FOLDERS = [Path(__file__).parent, Path(__file__).parents[1] / "report"]
"""The page's template, and the report's style sheet."""


def render(reports: list[Report]) -> str:
    """The page, of reports from new to old."""
    environment = templates(FOLDERS)
    environment.filters |= {"moment": moment, "readable": readable}
    environment.globals |= {
        "arrows": ARROWS,
        "nan": math.nan,
        "quantity": quantity,
        "signed": signed,
    }
    shown = [
        {
            "content": report.content,
            "folder": report.folder,
            "modified": any(commit.endswith(MODIFIED) for commit in report.content["commits"]),
            "headlines": headlines(report, reports[place + 1 :]),
        }
        for place, report in enumerate(reports)
    ]
    return environment.get_template("site.html.jinja").render(reports=shown)


def signed(change: float) -> str:
    """A change to three significant digits.

    >>> signed(0.12345), signed(-2.0), signed(0.0)
    ('+0.123', '−2', '0')
    """
    return f"+{short(change)}" if change > 0 else short(change)
