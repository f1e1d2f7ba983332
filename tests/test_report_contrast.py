"""Every text of the report stands out from what it stands on, by WCAG's numbers, in every theme."""

import re
from itertools import product
from pathlib import Path

import pytest

STYLE = Path("aebench/report/style.css")
THEMES = {"light": 0, "dark": 1, "print": 2}
"""Which of the style's blocks of custom properties a theme has."""
TEXTS = ("ink", "soft", "accent", "alarm")
GROUNDS = ("paper", "raised", "tint", "best", "tied")


def colours(theme: str) -> dict[str, str]:
    """The theme's custom properties that are colours, as #rrggbb."""
    block = re.findall(r":root \{(.*?)\}", STYLE.read_text(), re.DOTALL)[THEMES[theme]]
    found = re.findall(r"--([a-z]+): #([0-9a-f]{3,6})\b", block)
    return {
        name: value if len(value) == 6 else "".join(2 * c for c in value) for name, value in found
    }


def luminance(colour: str) -> float:
    """Relative luminance of six hexadecimal digits, as WCAG 2.2 defines it."""
    channels = [int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, from 1 to 21."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


def test_black_on_white_has_the_greatest_contrast_and_a_known_grey_the_least_allowed() -> None:
    assert contrast("000000", "ffffff") == pytest.approx(21)
    assert contrast("767676", "ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
def test_every_text_on_every_ground_has_at_least_4_5(theme: str) -> None:
    known = colours(theme)
    low = {
        (text, ground): round(ratio, 2)
        for text, ground in product(TEXTS, GROUNDS)
        if (ratio := contrast(known[text], known[ground])) < 4.5
    }
    assert low == {}


@pytest.mark.parametrize("theme", THEMES)
def test_what_shows_the_focus_and_the_edges_of_fields_has_at_least_3(theme: str) -> None:
    known = colours(theme)
    for mark, ground in product(("accent", "soft"), ("paper", "raised")):
        assert contrast(known[mark], known[ground]) >= 3
    assert contrast(known["paper"], known["alarm"]) >= 4.5  # the count of failures


def test_texts_on_the_white_cards_of_figures_have_at_least_4_5() -> None:
    drawn = Path("aebench/report/scatter.js").read_text()
    [ink] = re.findall(r'INK = "#([0-9a-f]{6})"', drawn)
    assert contrast(ink, "ffffff") >= 4.5
    assert contrast("5a6270", "ffffff") >= 4.5  # "none", where a picture is missing
