"""Materials: how much light they reflect, as curves and in the bands of the satellite Sentinel-2.

A curve is a smooth continuum from 400 to 2400 nm times 1 - Gaussian absorptions (the form of Clark
& Roush 1984), averaged over each of the twelve bands of Sentinel-2's surface reflectance (Drusch et
al. 2012). The curves are drawn by us after what is published of the materials, not measured.
Against PROSAIL's canopies and soil (Jacquemoud et al. 2009) vegetation and bare soil correlate,
over the bands, with 0.94 or more.
"""

from typing import NamedTuple

import numpy as np

from aebench.data import Array

BANDS = (
    (443, 20),
    (490, 65),
    (560, 35),
    (665, 30),
    (705, 15),
    (740, 15),
    (783, 20),
    (842, 115),
    (865, 20),
    (945, 20),
    (1610, 90),
    (2190, 180),
)
"""Centre and width in nm of B1 to B8, B8A, B9, B11, B12 (B10 sees clouds, not the ground)."""


class Material(NamedTuple):
    """A reflectance curve: its continuum through points (nm, reflectance), and what lies in it:
    absorptions (centre in nm, standard deviation in nm, depth as a share).
    """

    continuum: tuple[tuple[int, float], ...]
    absorptions: tuple[tuple[int, int, float], ...] = ()


MATERIALS = {
    # chlorophyll at 450 and 670, red edge, plateau, leaf water (Jacquemoud & Baret 1990)
    "green vegetation": Material(
        (
            (400, 0.06),
            (550, 0.11),
            (690, 0.12),
            (760, 0.5),
            (1300, 0.48),
            (1700, 0.32),
            (2400, 0.12),
        ),
        (
            (450, 40, 0.6),
            (670, 25, 0.75),
            (970, 30, 0.06),
            (1200, 50, 0.12),
            (1450, 70, 0.55),
            (1940, 90, 0.7),
        ),
    ),
    # no pigment, steady rise, cellulose and lignin at 2100 and 2300 (Elvidge 1990)
    "dry vegetation": Material(
        ((400, 0.06), (700, 0.22), (900, 0.38), (1300, 0.46), (1700, 0.44), (2400, 0.32)),
        ((1450, 60, 0.15), (1940, 60, 0.25), (2100, 60, 0.35), (2300, 50, 0.3)),
    ),
    # concave rise, bound water and clay at 2200 (Stoner & Baumgardner 1981)
    "bare soil": Material(
        ((400, 0.13), (600, 0.24), (900, 0.36), (1700, 0.47), (2400, 0.42)),
        ((1410, 30, 0.1), (1910, 40, 0.2), (2200, 40, 0.15)),
    ),
    # ferric iron at 500 and 870 make it red (Hunt, Salisbury & Lenhoff 1971)
    "iron-rich soil": Material(
        ((400, 0.08), (560, 0.14), (640, 0.28), (760, 0.36), (1300, 0.46), (2400, 0.42)),
        ((500, 45, 0.4), (870, 70, 0.22), (1410, 30, 0.1), (1910, 40, 0.2), (2200, 40, 0.2)),
    ),
    # dark and flat, hydrocarbons at 1720 and 2310 (Herold et al. 2004)
    "asphalt": Material(
        ((400, 0.07), (700, 0.11), (1300, 0.15), (2400, 0.17)),
        ((1720, 25, 0.05), (2310, 30, 0.08)),
    ),
    # bright and flat, carbonate at 2340 (Herold et al. 2004)
    "concrete": Material(
        ((400, 0.17), (600, 0.29), (900, 0.34), (1700, 0.38), (2400, 0.32)),
        ((1410, 40, 0.08), (1930, 60, 0.15), (2340, 40, 0.15)),
    ),
    # light is scattered back in blue and green, swallowed from 700 on (Bukata et al. 1995)
    "water": Material(
        ((400, 0.05), (500, 0.07), (570, 0.065), (700, 0.02), (800, 0.01), (2400, 0.0))
    ),
}


def signatures() -> Array:
    """Reflectance of each of `MATERIALS` in each of `BANDS`, (materials, bands), from 0 to 1."""
    wavelengths = np.arange(400, 2401)
    spectra = np.stack([reflectance(material, wavelengths) for material in MATERIALS.values()])
    seen = [abs(wavelengths - centre) <= width / 2 for centre, width in BANDS]
    return np.stack([spectra[:, band].mean(axis=1) for band in seen], axis=1)


def reflectance(material: Material, wavelengths: Array) -> Array:
    """A material's reflectance at ``wavelengths`` (n,) from 400 to 2400 nm, (n,), from 0 to 1."""
    from scipy.interpolate import PchipInterpolator

    # monotone between the points, so it does not swing beyond them
    curve: Array = PchipInterpolator(*zip(*material.continuum, strict=True))(wavelengths)
    for centre, deviation, depth in material.absorptions:
        curve *= 1 - depth * np.exp(-0.5 * ((wavelengths - centre) / deviation) ** 2)
    return curve
