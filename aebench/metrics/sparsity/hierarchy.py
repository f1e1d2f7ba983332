"""What happens to a general feature when special ones come with it: absorption and splitting.

Known only where true ``features`` (n, f) are. A parent of a feature is one that is active in every
sample where the feature is, and more often: read from the activations themselves.
"""

import numpy as np

from aebench.data import Array
from aebench.metrics.sparsity.arrays import cosines, same_rows
from aebench.metrics.sparsity.recovery import f1_scores
from aebench.registry import metric

FEWEST = 10
"""Samples that a feature must be active in to be judged."""
JUMP = 0.03
"""By which F1 must rise for another learned feature to count as a part."""
CANDIDATES = 10


@metric(
    better="lower",
    unit="",
    value_range="[0, 1]",
    source="Chanin et al. 2024, on known features",
    reads=("activations", "features", "directions", "dictionary"),
    values={"absorption": "feature_absorption"},
)
def absorption_where_known(
    activations: Array, features: Array, decoder: Array, dictionary: Array
) -> dict[str, float]:
    """How much less a general feature is recognised where a special one of its children is active,
    mean over parents: `absorption`, but 0 of a parent that is recognised more. Left out where no
    feature has a parent.
    """
    if (parents(features) < 0).all():
        return {}
    drops = _drops(activations, features, decoder, dictionary)
    return {"absorption": float(np.maximum(drops, 0).mean())}


def absorption(activations: Array, features: Array, decoder: Array, dictionary: Array) -> float:
    """How much less a general feature is recognised where a special one of its children is active.

    Mean over parents of recall(no child active) - recall(a child active), the recall being that of
    the learned feature whose direction, ``decoder`` (m, d), is nearest to the parent's in
    ``dictionary`` (f, d); ``activations`` (n, m), ``features`` (n, f). In [-1, 1], 0: none. Parents
    that are never active with, or without, a child do not count. Chanin et al. 2024,
    arXiv:2409.14507, by the measure proposed for data with known features (SAELens, issue 729).
    Raises `ValueError` where no parent can be judged.
    """
    return float(_drops(activations, features, decoder, dictionary).mean())


def _drops(activations: Array, features: Array, decoder: Array, dictionary: Array) -> Array:
    """Each judged parent's recall without a child less that with one, (parents,)."""
    learned, true = same_rows(activations, features, ("activations", "features"))
    nearest = cosines(decoder, dictionary, ("decoder", "dictionary")).argmax(0)
    of_feature, active = parents(features), true != 0
    drops = []
    for parent in np.unique(of_feature[of_feature >= 0]):
        child = active[:, of_feature == parent].any(1)
        with_child, without = active[:, parent] & child, active[:, parent] & ~child
        if with_child.any() and without.any():
            found = learned[:, nearest[parent]] != 0
            drops.append(found[without].mean() - found[with_child].mean())
    if not drops:
        raise ValueError("no feature is active both with and without a child")
    return np.array(drops)


@metric(
    better="lower",
    unit="features",
    value_range="[1, 10]",
    source="Chanin et al. 2024, on known features",
    reads=("activations", "features"),
    name="feature_splitting",
)
def splitting(activations: Array, features: Array) -> float:
    """Mean number of learned features that a true one is split into, at least 1.

    From the best detector on, another learned feature counts as long as "any of them is active"
    tells the true feature better by an F1 of 0.03 (Chanin et al. 2024, section 4); of the ten best
    alone. ``activations`` (n, m), ``features`` (n, f). True features active in fewer than ten
    samples do not count. Raises `ValueError` where none is left.
    """
    learned, true = same_rows(activations, features, ("activations", "features"))
    scores, found, wanted = f1_scores(activations, features), learned != 0, true != 0
    judged = np.flatnonzero(wanted.sum(0) >= FEWEST)
    if not len(judged):
        raise ValueError(f"no true feature is active in {FEWEST} samples")
    return float(np.mean([_parts(found, wanted[:, j], scores[j]) for j in judged]))


def parents(features: Array) -> Array:
    """Each true feature's parent by number, int (f,), -1: none; of several the least frequent.

    Features active in fewer than ten samples have none.
    """
    active = (np.asarray(features) != 0).astype(np.float32)
    counts = active.sum(0)
    together = active.T @ active  # exact below 2^24 samples
    implies = (together == counts[:, None]) & (counts[None] > counts[:, None])
    implies &= (counts >= FEWEST)[:, None]
    frequency = np.where(implies, counts[None], np.inf)
    found: Array = np.where(implies.any(1), frequency.argmin(1), -1)
    return found


def _parts(found: Array, wanted: Array, scores: Array) -> int:
    """How many columns of ``found`` (n, m), or-ed, detect ``wanted`` (n,) better and better."""
    candidates = np.argsort(-scores, kind="stable")[:CANDIDATES]
    union, best = found[:, candidates[0]], scores[candidates[0]]
    left = list(candidates[1:])
    count = 1
    while left:
        unions = found[:, left] | union[:, None]
        both = (unions & wanted[:, None]).sum(0)
        reached = 2 * both / (unions.sum(0) + wanted.sum())
        place = int(reached.argmax())
        if reached[place] <= best + JUMP:
            break
        union, best, count = unions[:, place], reached[place], count + 1
        left.pop(place)
    return count
