"""Numbers, names and docstrings as a reader wants to see them."""

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from markupsafe import Markup, escape

MOST_DIGITS = 5
"""Significant digits of a mean whose interval would allow more."""
DIGITS_WITHOUT_INTERVAL = 4
TINY, ROUNDING = 1e-4, 1e-12
ARROWS = {"higher": "↑", "lower": "↓", "neither": ""}
"""By the direction that is better; ``choices.js`` has the same for the page's forms."""

SPELLED = {
    **{name.lower(): name for name in ("AUROC", "DCI", "DCIMIG", "FPR", "IWAE", "JEMMIG", "KL")},
    **{
        name.lower(): name
        for name in ("MIG", "MS", "SSIM", "TPR", "VAE", "FLOPs", "Gaussian", "MSE")
    },
    **{
        name.lower(): name
        for name in ("InfoC", "InfoE", "InfoM", "Wasserstein", "PSNR", "kMACs", "UDR")
    },
    "frechet": "Fréchet",
    "knn": "k-NN",
}
"""Words of identifiers that are not written in small letters."""

DOI = r"\bdoi:(?P<doi>10\.\S+?)(?=[.,;)]?(?:\s|$))"
ADDRESS = r"\b(?P<host>(?:[a-z0-9-]+\.)+(?:com|org|net|edu|io))/(?P<path>[^\s,;)]+)"


def quantity(mean: float, low: float, high: float) -> tuple[str, str]:
    """A mean and the half-width of its interval, in as many digits as the interval leaves certain.

    The half-width keeps one digit, two where the first is 1 or 2; it is empty without an interval.
    Where both are tiny they are written with a power of ten, or as 0 where they are what rounding
    leaves.

    >>> quantity(21.3417, 20.94, 21.74)
    ('21.3', '0.4')
    >>> quantity(262694.4, 250000, 275388.8)
    ('263,000', '13,000')
    >>> quantity(18.0, 17.6, 18.4)
    ('18.0', '0.4')
    >>> quantity(0.1055545, 0.1055545, 0.1055545)
    ('0.1056', '0')
    >>> quantity(0.5, math.nan, math.nan)
    ('0.5000', '')
    >>> quantity(-2.1e-8, -7e-8, 3e-8)
    ('−2e−8', '5e−8')
    >>> quantity(1e-19, 1e-19, 1e-19)
    ('0', '0')
    """
    half = (high - low) / 2
    size = max(abs(mean), 0 if math.isnan(half) else half)
    if 0 < size < ROUNDING:
        return "0", "" if math.isnan(half) else "0"
    if 0 < size < TINY:
        power = math.floor(math.log10(size))
        scaled = quantity(*(value / 10.0**power for value in (mean, low, high)))
        shown, doubt = (part and f"{part}e−{-power}" for part in scaled)
        return shown, doubt
    if math.isnan(half) or half == 0:
        return fixed(mean, _decimals(mean, DIGITS_WITHOUT_INTERVAL)), "" if math.isnan(
            half
        ) else "0"
    leading = f"{half:.0e}"[0]
    decimals = _decimals(half, 2 if leading in "12" else 1)
    finest = _decimals(mean, MOST_DIGITS, counts=False)
    if decimals > finest and half < 10**-finest / 2:
        return fixed(mean, finest), f"<{fixed(10**-finest, finest)}"
    decimals = min(decimals, finest)
    return fixed(mean, decimals), fixed(half, decimals)


def fixed(value: float, decimals: int) -> str:
    """A number rounded at a decimal place (negative: left of the point), thousands separated.

    >>> fixed(-1234.56, 1), fixed(1234.56, -2), fixed(-0.001, 2)
    ('−1,234.6', '1,200', '0.00')
    """
    text = f"{round(value, decimals) + 0.0:,.{max(decimals, 0)}f}"
    return text.replace("-", "−")


def precise(value: float) -> str:
    """A number to six significant digits.

    >>> precise(0.07865402), precise(335872.0), precise(1234567.8)
    ('0.078654', '335,872', '1,234,568')
    """
    text = fixed(value, max(_decimals(value, 6), 0))
    return text.rstrip("0").rstrip(".") if "." in text else text


def short(value: float) -> str:
    """A number to three significant digits, very small ones as a power of ten.

    >>> short(0.04567), short(-1234.5), short(0.0000012), short(0.0)
    ('0.0457', '−1,234', '1.2e−6', '0')
    """
    if 0 < abs(value) < TINY:
        return f"{value:.2g}".replace("e-0", "e-").replace("-", "−")
    text = fixed(value, max(_decimals(value, 3), 0))
    return text.rstrip("0").rstrip(".") if "." in text else text


def _decimals(value: float, digits: int, counts: bool = True) -> int:
    """Decimal places that show ``digits`` significant digits; ``counts`` are shown whole."""
    is_count = counts and value == int(value) and abs(value) >= 10 and digits > 2
    if value == 0 or is_count:
        return 0
    return digits - 1 - int(f"{value:.{digits - 1}e}".split("e")[1])


def duration(seconds: float) -> str:
    """Seconds in words.

    >>> duration(0.23), duration(41.2), duration(200), duration(3725)
    ('0.2 s', '41 s', '3 min 20 s', '1 h 02 min')
    >>> duration(0.02), duration(0)
    ('under 0.1 s', '0.0 s')
    """
    if 0 < seconds < 0.05:
        return "under 0.1 s"
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def moment(timestamp: float) -> str:
    """A point in time, UTC.

    >>> moment(0)
    '1970-01-01 00:00 UTC'
    """
    return datetime.fromtimestamp(timestamp, UTC).strftime("%Y-%m-%d %H:%M UTC")


def readable(name: str) -> str:
    """An identifier as words; short ones are acronyms.

    >>> readable("knn_accuracy"), readable("psnr"), readable("DiscreteCodes")
    ('k-NN accuracy', 'PSNR', 'discrete codes')
    """
    if name.islower() and len(name) <= 4:
        return name.upper()
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower() if name[0].isupper() else name
    return " ".join(SPELLED.get(word, word) for word in apart.replace("_", " ").split())


def words(name: str) -> str:
    """A column's name as words.

    >>> words("rank_biserial"), words("p_value")
    ('rank biserial', 'p value')
    """
    return name.replace("_", " ")


def assignments(values: dict[str, object]) -> str:
    """A setting's values.

    >>> assignments({"beta": 2.0, "gamma": 1})
    'beta = 2.0, gamma = 1'
    """
    return ", ".join(f"{name} = {value}" for name, value in values.items())


def linked(text: str) -> Markup:
    """Text whose DOIs and addresses are links.

    >>> linked("Kaynak 1998, doi:10.24432/C50P49")
    Markup('Kaynak 1998, <a href="https://doi.org/10.24432/C50P49">doi:10.24432/C50P49</a>')
    """
    parts, end = [], 0
    for found in re.finditer(f"{DOI}|{ADDRESS}", text):
        target = f"doi.org/{found['doi']}" if found["doi"] else found[0]
        link = Markup('<a href="https://{}">{}</a>').format(target, found[0])
        parts += [escape(text[end : found.start()]), link]
        end = found.end()
    return Markup("").join([*parts, escape(text[end:])])


def equation(text: str) -> Markup:
    """Symbols of one letter in italics, what follows an underscore lowered, true minus signs.

    >>> equation("L = -log p(x|z_q)")
    Markup('<i>L</i> = −log <i>p</i>(<i>x</i>|<i>z</i><sub><i>q</i></sub>)')
    >>> equation("I(v_i; z) < 1")
    Markup('<i>I</i>(<i>v</i><sub><i>i</i></sub>; <i>z</i>) &lt; 1')
    """

    def symbol(found: re.Match[str]) -> str:
        name, index = found.groups()
        lowered = f"<sub>{italic(index)}</sub>" if index else ""
        return italic(name) + lowered

    def italic(name: str) -> str:
        return f"<i>{name}</i>" if len(name) == 1 and name.isalpha() else name

    words = re.sub(r"(?<![\w&#])([^\W_]+)(?:_([^\W_]+))?", symbol, str(escape(text)))
    return Markup(words.replace("-", "−"))


def paragraphs(documentation: str) -> Iterator[tuple[str, Markup]]:
    """A docstring's paragraphs as (kind, content): ``equation`` where indented, ``item`` of a list
    after a dash, else ``text``.
    """
    for block in documentation.split("\n\n"):
        lines = block.strip("\n").splitlines()
        if lines and all(line.startswith("    ") for line in lines):
            yield "equation", Markup("\n").join(equation(line[4:]) for line in lines)
        elif lines and lines[0].startswith("- "):
            for item in re.split(r"^- ", block, flags=re.MULTILINE)[1:]:
                yield "item", prose(" ".join(item.split()))
        elif lines:
            yield "text", prose(" ".join(block.split()))


def prose(text: str) -> Markup:
    """Text with ``names`` and `references` of a docstring as code."""
    quoted = re.sub(r"(``?)(.+?)\1", r"<code>\2</code>", str(escape(text)))
    return Markup(quoted)
