"""Figures as the page carries them: once each, and light.

A page holds hundreds of pictures. What matplotlib writes is rounded to a hundredth of a point, its
repeated texts become references, and its pixels are packed anew; the files in ``results/figures``
stay as they were drawn.
"""

import base64
import re
from collections import Counter
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from xml.etree import ElementTree as Tree

from markupsafe import Markup

from aebench.figures.drawn_files import KINDS
from aebench.files import read_json

if TYPE_CHECKING:
    from PIL.Image import Image

SVG = "{http://www.w3.org/2000/svg}"
OLD_LINK = "{http://www.w3.org/1999/xlink}href"
LINK = "href"
PNG = "data:image/png;base64,"
GLYPH_SCALE = "scale(0.015625)"
SMALL = 6_000
"""Characters of a PNG up to which pixels are kept exactly: a matrix is one pixel a cell."""
QUALITY = 75
"""WebP quality of larger pictures; grey ones are kept exactly where that is nearly as short."""
PIXELS = {"": 1, "px": 1, "pt": 4 / 3}
ROUNDED = ("d", "x", "y", "width", "height", "points")
SAFE = " '<>=:;/,.()+-!@*[]{}|?$^`\\"
"""Characters, beside letters and digits, that a ``data:`` address in double quotes may hold."""


def read_figure(dataset: str, figure: str, folder: str) -> dict[str, Any]:
    """A figure's texts and its pictures: of all settings; of each setting; and, of a figure across
    data sets (``dataset`` is ``"all"``), of each group of metrics.
    """
    path = Path(folder)
    texts = read_json(path / "figure.json")
    return {
        "name": figure,
        "dataset": dataset,
        "title": texts["title"],
        "caption": texts["caption"],
        "kinds": [kind for kind in KINDS if (path / f"all.{kind}").is_file()],
        "picture": shown(path / "all.svg"),
        **{
            parts: {name: shown(path / f"{name}.svg") for name in texts.get(named, [])}
            for parts, named in (("settings", "variants"), ("groups", "groups"))
        },
    }


def shown(path: Path) -> Markup:
    """An SVG file as attributes of an ``img``: its address, and its size in pixels of the page, so
    that texts stay where they are when it is unpacked, which is when it comes near the screen: all
    of them at once take seconds.
    """
    text = path.read_text(encoding="utf-8")
    size = {side: _pixels(text, side) for side in ("width", "height")}
    sides = " ".join(f'{side}="{pixels:.0f}"' for side, pixels in size.items())
    return Markup(f'loading="lazy" {sides} src="{address(text)}"')


def _pixels(svg: str, side: str) -> float:
    found = re.search(rf'<svg[^>]*\s{side}="([\d.]+)(pt|px|)"', svg)
    if not found:
        raise ValueError(f"an SVG without {side}")
    return PIXELS[found[2]] * float(found[1])


def address(text: str) -> Markup:
    """An SVG as a ``data:`` address, to stand in double quotes as it is."""
    text = light(text)
    if "'" not in text:
        text = text.replace('"', "'")
    return Markup(f"data:image/svg+xml,{quote(text, safe=SAFE)}")


def light(svg: str) -> str:
    """The same picture in fewer bytes; see the module's first lines for what changes."""
    root = Tree.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{SVG}metadata":
                parent.remove(child)
        if OLD_LINK in parent.attrib:
            parent.set(LINK, parent.attrib.pop(OLD_LINK))
        if parent.tag == f"{SVG}image":
            parent.set(LINK, packed(parent.get(LINK, "")))
        _shorten(parent)
    _share_texts(root)
    _share_styles(root)
    _drop_names(root)
    Tree.register_namespace("", SVG.strip("{}"))
    return Tree.tostring(root, encoding="unicode").replace(" />", "/>")


def packed(picture: str) -> str:
    """A PNG's address as that of a WebP, on white, if that is shorter."""
    from PIL import Image  # comes with matplotlib

    if not picture.startswith(PNG):
        return picture
    content = "".join(picture.removeprefix(PNG).split())
    drawn = Image.open(BytesIO(base64.b64decode(content))).convert("RGBA")
    white = Image.new("RGBA", drawn.size, "white")  # as the cards are: no value, no colour
    image = Image.alpha_composite(white, drawn).convert("RGB")
    red, green, blue = (band.tobytes() for band in image.split())
    small = len(content) <= SMALL
    webp = _webp(image, lossless=True) if small or red == green == blue else ""
    if not small:
        close = _webp(image, lossless=False)
        webp = webp if 0 < len(webp) <= 2 * len(close) else close
    return f"data:image/webp;base64,{webp}" if len(webp) < len(content) else PNG + content


def _webp(image: "Image", lossless: bool) -> str:
    written = BytesIO()
    image.save(written, "webp", lossless=lossless, quality=QUALITY, method=4)
    return base64.b64encode(written.getvalue()).decode()


def _shorten(element: Tree.Element) -> None:
    """Round numbers and drop white space."""
    for name in ROUNDED:
        if name in element.attrib:
            element.set(name, _rounded(element.attrib[name]))
    if "transform" in element.attrib:
        _shorten_transform(element)
    if "style" in element.attrib:
        element.set("style", re.sub(r"([:;])\s+", r"\1", element.attrib["style"]))
    if element.tag != f"{SVG}style":
        element.text = None
    element.tail = None


def _shorten_transform(element: Tree.Element) -> None:
    """Scales keep their digits; glyphs, outlined in 1/64 of a unit, are as good in 1/8."""
    moves = re.sub(r"translate\(.*?\)", lambda m: _rounded(m[0]), element.attrib["transform"])
    element.set("transform", moves)
    along = re.fullmatch(r"translate\((\S+) 0\)", moves)
    if along and element.tag == f"{SVG}use":
        del element.attrib["transform"]
        element.set("x", along[1])
    elif moves == GLYPH_SCALE and "d" in element.attrib:  # a space has no outline
        outline = re.sub(r"-?\d+", lambda m: f"{round(int(m[0]) / 8)}", element.attrib["d"])
        element.attrib |= {"d": outline, "transform": "scale(.125)"}


def _rounded(numbers: str) -> str:
    short = re.sub(r"-?\d+\.\d+", lambda found: f"{round(float(found[0]), 2):g}", numbers)
    # %g keeps six digits: enough below 10,000 points, exact where there was no fraction
    short = re.sub(r"([ML]\s*)(\S+) (\S+)\s+L\s*(\S+) \3(?=\s|$)", r"\1\2 \3H\4", short)
    return re.sub(r"\s*([A-Za-z,()])\s*", r"\1", " ".join(short.split()))


def _share_texts(root: Tree.Element) -> None:
    """Let a run of glyphs that was there before be a reference to the first."""
    definitions = Tree.Element(f"{SVG}defs")
    known: dict[str, str] = {}
    for parent in list(root.iter(f"{SVG}g")):
        for local in parent.findall(f"{SVG}defs"):
            parent.remove(local)
            definitions.extend(local)
        glyphs = list(parent)
        if len(glyphs) < 2 or any(child.tag != f"{SVG}use" for child in glyphs):
            continue
        if not all("DejaVu" in child.get(LINK, "") for child in glyphs):
            continue
        run = "".join(Tree.tostring(child, encoding="unicode") for child in glyphs)
        if run not in known:
            known[run] = f"t{len(known)}"
            shared = Tree.SubElement(definitions, f"{SVG}g", {"id": known[run]})
            shared.extend(glyphs)
        for child in glyphs:
            parent.remove(child)
        Tree.SubElement(parent, f"{SVG}use", {LINK: f"#{known[run]}"})
    root.insert(0, definitions)


def _share_styles(root: Tree.Element) -> None:
    """Let styles that occur more than once be classes."""
    styles = Counter(
        element.attrib["style"] for element in root.iter() if "style" in element.attrib
    )
    repeated = (style for style, times in styles.items() if times > 1)
    classes = {style: f"c{index}" for index, style in enumerate(repeated)}
    for element in root.iter():
        if element.get("style") in classes:
            element.set("class", classes[element.attrib.pop("style")])
    sheet = Tree.SubElement(root, f"{SVG}style")
    sheet.text = "".join(f".{name}{{{style}}}" for style, name in classes.items())


def _drop_names(root: Tree.Element) -> None:
    """Keep the names that something refers to, shortened; groups without attributes dissolve."""
    written = Tree.tostring(root, encoding="unicode")
    used = dict.fromkeys(re.findall(r'(?:url\(|href=")#([^")]+)', written))
    short = {name: f"n{index:x}" for index, name in enumerate(used)}
    for element in root.iter():
        name = element.attrib.pop("id", "")
        if name in short:
            element.set("id", short[name])
        for key in (LINK, "clip-path"):
            if "#" in (value := element.get(key, "")) and not value.startswith("data:"):
                before, _, rest = value.partition("#")
                target = rest.rstrip(")")
                element.set(key, f"{before}#{short[target]}{rest[len(target) :]}")
    _dissolve(root)


def _dissolve(parent: Tree.Element) -> None:
    """Take apart groups without attributes, and join neighbours that say the same."""
    children: list[Tree.Element] = []
    for child in parent:
        _dissolve(child)
        group = child.tag == f"{SVG}g"
        if group and not child.attrib:
            children += list(child)
        elif group and children and _joins(children[-1], child):
            children[-1].extend(list(child))
        else:
            children.append(child)
    parent[:] = children


def _joins(first: Tree.Element, second: Tree.Element) -> bool:
    """Whether two neighbours are groups that differ in nothing but what they hold."""
    return first.tag == second.tag and "id" not in first.attrib and first.attrib == second.attrib
