"""Pictures on their way into the page: lighter, and the same to the eye."""

import base64
import re
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import numpy as np
import pytest
from matplotlib import rc_context
from matplotlib.figure import Figure
from PIL import Image

from aebench.data import Array
from aebench.report import pictures

RNG = np.random.default_rng(0)
SMOOTH = np.linspace(0, 255, 256)[:, None, None] * np.linspace(0, 1, 300)[None, :, None]
COLOURED = (SMOOTH * [1.0, 0.5, 0.2] + RNG.normal(0, 3, (256, 300, 3))).clip(0, 255)


def address_of(pixels: Array) -> str:
    written = BytesIO()
    Image.fromarray(pixels.astype(np.uint8)).save(written, "png")
    return pictures.PNG + base64.b64encode(written.getvalue()).decode()


def pixels_of(address: str) -> Array:
    content = base64.b64decode(address.partition("base64,")[2])
    return np.asarray(Image.open(BytesIO(content)).convert("RGB"), float)


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """Two panels with equal labels, as matplotlib writes them."""
    with rc_context({"svg.fonttype": "path", "font.family": "DejaVu Sans"}):
        figure = Figure()
        for place in (1, 2):
            axes = figure.add_subplot(1, 2, place)
            axes.plot([0, 1], [0, 1 / 3])
            axes.set_xticks([0, 1], ["linear", "equivariance"])
        figure.savefig(tmp_path / "all.svg")
    return tmp_path / "all.svg"


def test_a_matrix_of_one_pixel_a_cell_keeps_its_colours() -> None:
    matrix = RNG.integers(0, 256, (20, 30, 3))
    assert np.array_equal(pixels_of(pictures.packed(address_of(matrix))), matrix)


def test_what_has_no_colour_is_white_as_the_page_below_it() -> None:
    matrix = RNG.integers(0, 256, (20, 30, 4))
    matrix[..., 3] = 255
    matrix[:10] = 0  # as matplotlib writes values that are not numbers
    packed = pixels_of(pictures.packed(address_of(matrix)))
    assert (packed[:10] == 255).all()
    assert np.array_equal(packed[10:], matrix[10:, :, :3])


def test_a_large_picture_is_much_shorter_and_looks_the_same() -> None:
    picture = address_of(COLOURED)
    packed = pictures.packed(picture)
    assert packed.startswith("data:image/webp;base64,")
    assert len(packed) < len(picture) / 4
    assert np.abs(pixels_of(packed) - COLOURED).mean() < 5


def test_a_large_grey_picture_of_few_shades_is_packed_exactly() -> None:
    shades = 85 * RNG.integers(0, 4, (200, 300)).repeat(2, 0).repeat(2, 1)
    grey = np.repeat(shades[..., None], 3, axis=2)
    packed = pictures.packed(address_of(grey))
    assert packed.startswith("data:image/webp;base64,")
    assert np.array_equal(pixels_of(packed), grey)


def test_a_figure_becomes_shorter_and_every_reference_has_its_target(drawn: Path) -> None:
    before = drawn.read_text()
    after = pictures.light(before)
    assert len(after) < 0.6 * len(before)
    targets = re.findall(r'\sid="([^"]+)"', after)
    assert len(set(targets)) == len(targets)
    assert set(re.findall(r'(?:href="#|url\(#)([^")]+)', after)) == set(targets)


def test_equal_texts_are_outlined_once(drawn: Path) -> None:
    root = ElementTree.fromstring(pictures.light(drawn.read_text()))
    runs = [
        group
        for group in root.findall(f"{pictures.SVG}defs/{pictures.SVG}g")
        if all(child.tag == f"{pictures.SVG}use" for child in group)
    ]
    lengths = [len(run) for run in runs]
    assert lengths.count(len("linear")) == 1
    assert lengths.count(len("equivariance")) == 1


def test_coordinates_keep_a_hundredth_of_a_point(drawn: Path) -> None:
    def curves(text: str) -> list[list[float]]:
        outlines = re.findall(r'<path d="([^"]*)"[^>]*clip-path', text)
        return [[float(n) for n in re.findall(r"-?[\d.]+", outline)] for outline in outlines]

    before, after = curves(drawn.read_text()), curves(pictures.light(drawn.read_text()))
    assert before
    for exact, rounded in zip(before, after, strict=True):
        assert rounded == pytest.approx(exact, abs=0.0051)


def test_scales_are_not_rounded() -> None:
    text = '<svg xmlns="http://www.w3.org/2000/svg"><g transform="scale(0.075 -0.075)"/></svg>'
    assert "scale(0.075 -0.075)" in pictures.light(text)


def test_a_picture_says_its_size_before_it_is_unpacked(drawn: Path) -> None:
    width, height = 4 / 3 * Figure().get_size_inches() * 72
    said = f'loading="lazy" width="{width:.0f}" height="{height:.0f}" src="data:image/svg+xml,'
    assert pictures.shown(drawn).startswith(said)
    drawn.write_text('<svg xmlns="http://www.w3.org/2000/svg"/>')
    with pytest.raises(ValueError, match="without width"):
        pictures.shown(drawn)


def test_an_address_can_stand_in_double_quotes(drawn: Path) -> None:
    address = pictures.address(drawn.read_text())
    head, _, content = address.partition(",")
    assert head == "data:image/svg+xml"
    assert not set('"#&\n') & set(content)
    assert ElementTree.fromstring(unquote(content)).tag == f"{pictures.SVG}svg"
