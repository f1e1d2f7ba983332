"""Spectra: pixels of a multispectral satellite, mixed from seven materials, with noise and shade.

    x = illumination · Σ_m a_m s_m + noise,    a_m ≥ 0,    Σ_m a_m = 1

the linear mixing model of remote sensing (Keshava & Mustard 2002). For clustering and dimension
reduction of satellite pixels (the setting of stacked autoencoders and k-means on Sentinel-2 for
geological maps: Nagar et al. 2024), here with the truth known: the label is the material that
covers most of the pixel. How a pixel is made:

- signatures s: reflectance in the twelve bands of Sentinel-2 (`aebench.datasets.materials`);
- abundances a: Dirichlet, each material with the parameter ``concentration`` and one, drawn evenly,
  with ``dominance`` more;
- illumination: uniform from ``shade`` to 1, by slope and shadow, alike in all bands;
- noise: N(0, ``noise``²) in each band, in reflectance.

Each band is standardised by the training pixels. The seed draws all pixels; signatures are fixed.
Brightness is most of the variance and says little of the material, so clusters of raw pixels or of
principal components miss a third of the labels that a linear classifier finds.
"""

from pathlib import Path

import numpy as np

from aebench.data import Array, Split, Splits
from aebench.datasets.materials import BANDS, MATERIALS, signatures
from aebench.registry import dataset


@dataset(
    "spectra",
    title="Spectra of mixed materials",
    kind="spectra",
    shape=[12],
    value_range="ℝ, standardised",
    splits={"train": 10000, "validation": 2000, "test": 5000},
    split="seed",
    classes=7,
    likelihood="gaussian",
    backbone={"name": "mlp", "hidden": [64, 64], "latent_dimension": 4},
    budget={"steps": 3000, "batch_size": 64, "learning_rate": 0.001},
    licence="Apache-2.0",
    source="procedural",
    citation="Keshava & Mustard 2002, doi:10.1109/79.974727; Drusch et al. 2012, "
    "doi:10.1016/j.rse.2011.11.026",
)
def spectra(
    directory: Path,
    *,
    seed: int,
    concentration: float = 0.2,
    dominance: float = 5.0,
    shade: float = 0.5,
    noise: float = 0.01,
    train: int = 10000,
    validation: int = 2000,
    test: int = 5000,
) -> Splits:
    """Pixels of mixed materials in twelve bands of reflected light, with noise and shade."""
    curves = signatures()

    def pixels(number: int, count: int) -> tuple[Array, Array]:
        """Reflectance (count, bands) and the material that there is most of (count,) of a split."""
        generator = np.random.default_rng((seed, number))
        shares = abundances(count, concentration, dominance, generator)
        light = generator.uniform(shade, 1, (count, 1))
        errors = noise * generator.standard_normal((count, len(BANDS)))
        return light * (shares @ curves) + errors, shares.argmax(axis=1)

    drawn = [pixels(number, count) for number, count in enumerate((train, validation, test))]
    mean, deviation = drawn[0][0].mean(axis=0), drawn[0][0].std(axis=0)
    first, second, third = (
        Split(((reflectance - mean) / deviation).astype(np.float32), labels)
        for reflectance, labels in drawn
    )
    return Splits(train=first, validation=second, test=third)


def abundances(
    count: int, concentration: float, dominance: float, generator: np.random.Generator
) -> Array:
    """How much of a pixel each material covers, (n, materials), every row with sum 1."""
    kinds = len(MATERIALS)
    favoured = np.eye(kinds)[generator.integers(kinds, size=count)]
    parts = generator.standard_gamma(concentration + dominance * favoured)
    shares: Array = parts / parts.sum(axis=1, keepdims=True)
    return shares
