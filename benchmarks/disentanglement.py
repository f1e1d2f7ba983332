"""Seconds of the disentanglement metrics, and how they compare with the references' own tools.

    python -m benchmarks.disentanglement

On 10,000 training and 5,000 test samples of dSprites' factors (3, 6, 40, 32 and 32 values) and
codes of 10 dimensions, one thread, CPU seconds. First every metric but DCI, and their sum; then
InfoMEC against the same scores from scikit-learn; then DCI's ``"gbt"`` against ``"gbt-exact"``,
scikit-learn's `GradientBoostingClassifier`, on five kinds of codes with both scores printed. There
only the first two factors count: the exact one would take about five minutes on all.
"""

import time
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from aebench.data import Array
from aebench.metrics import disentanglement as metrics

SIZES = (3, 6, 40, 32, 32)
TRAINING, TEST, DIMENSIONS, BOOSTED_FACTORS = 10_000, 5_000, 10, 2


def factors_of(seed: int, count: int) -> Array:
    random = np.random.default_rng(seed)
    return np.stack([random.integers(0, size, count) for size in SIZES], axis=1)


def codes_of(kind: str, factors: Array, seed: int) -> Array:
    """Codes float (n, 10); all but the noise of a kind is the same for every seed."""
    random = np.random.default_rng(seed)
    perfect = (factors - (np.array(SIZES) - 1) / 2) / (np.array(SIZES) / np.sqrt(12))
    noise = random.normal(size=(len(factors), DIMENSIONS))
    rest = 0.01 * noise[:, len(SIZES) :]
    if kind == "mixed":
        mixing = np.random.default_rng(8).normal(size=(len(SIZES), DIMENSIONS))
        return np.asarray(perfect @ mixing + 0.05 * noise)
    if kind == "rotated":
        cosine = np.sqrt(0.5)
        perfect[:, :2] = perfect[:, :2] @ np.array([[cosine, -cosine], [cosine, cosine]])
    if kind == "noisy":
        perfect += 0.3 * noise[:, : len(SIZES)]
    return noise if kind == "random" else np.concatenate([perfect, rest], axis=1)


def timed(function: Callable[..., Any], *arguments: Any, **options: Any) -> tuple[Any, float]:
    """What a call returns, and its CPU seconds."""
    started = time.process_time()
    returned = function(*arguments, **options)
    return returned, time.process_time() - started


def reference_infomec(codes: Array, factors: Array) -> float:
    """What latent_quantization calls for InfoMEC: 50 informations, 5 regressions; InfoE."""
    from sklearn.feature_selection import mutual_info_classif
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import log_loss
    from sklearn.preprocessing import StandardScaler

    scaled, explained = StandardScaler().fit_transform(codes), []
    for factor in factors.T:
        for code in scaled.T:
            mutual_info_classif(code[:, None], factor, discrete_features=False, n_neighbors=10)
        model = LogisticRegression(C=np.inf, class_weight="balanced").fit(scaled, factor)
        surprise = log_loss(factor, model.predict_proba(scaled))
        explained.append(1 - surprise / np.log(len(model.classes_)))
    return float(np.mean(explained))


def every_metric_but_dci() -> None:
    """Print the seconds of each metric on the mixed code, and of all."""
    factors, factors_test = factors_of(0, TRAINING), factors_of(1, TEST)
    codes, codes_test = codes_of("mixed", factors, 0), codes_of("mixed", factors_test, 1)
    splits = (codes, factors, codes_test, factors_test)
    noisy = codes + 0.1 * np.random.default_rng(2).normal(size=codes.shape)
    calls: dict[str, tuple[Any, ...]] = {
        **{name: (codes, factors) for name in ("mig", "mig_sup", "dcimig", "jemmig", "med", "irs")},
        **{name: (codes, factors) for name in ("modularity", "infomec")},
        **{name: (codes, factors) for name in ("factor_vae_score", "beta_vae_score")},
        **{name: splits for name in ("sap", "explicitness")},
        **{name: (codes,) for name in ("gaussian_total_correlation", "wasserstein_dependency")},
        "active_units": (codes,),
        "mean_sampled_correlation": (codes, noisy),
    }
    metrics.infomec(codes[:100], factors[:100])  # what is imported on first use
    total = 0.0
    for name, arguments in calls.items():
        _, seconds = timed(getattr(metrics, name), *arguments)
        total += seconds
        print(f"{name:28} {seconds:6.2f} s")
    print(f"{'all of these':28} {total:6.2f} s")

    scores, own = timed(metrics.infomec, codes, factors)
    explained, peer = timed(reference_infomec, codes, factors)
    print(
        f"infomec     ours {own:5.2f} s   scikit-learn {peer:6.2f} s   ratio {peer / own:5.1f}   "
    )
    print(f"            InfoE {scores['infoe']:.6f}   scikit-learn {explained:.6f}")


def dci() -> None:
    """Print the seconds and scores of both boosted trees."""
    print("dci         D      C      train  test")
    factors, factors_test = factors_of(0, TRAINING), factors_of(1, TEST)
    chosen = slice(0, BOOSTED_FACTORS)
    for kind in ("perfect", "rotated", "mixed", "noisy", "random"):
        codes, codes_test = codes_of(kind, factors, 0), codes_of(kind, factors_test, 1)
        splits = (codes, factors[:, chosen], codes_test, factors_test[:, chosen])
        own, seconds = timed(metrics.dci, *splits)
        exact, peer = timed(metrics.dci, *splits, predictor="gbt-exact")
        for name, scores, spent in (("gbt", own, seconds), ("gbt-exact", exact, peer)):
            values = " ".join(f"{value:6.4f}" for value in scores.values())
            print(f"{kind:8} {values}   {name:9} {spent:6.2f} s")
        print(f"{kind:8} {'ratio':>37} {peer / seconds:8.1f}")


def main() -> None:
    warnings.simplefilter("ignore")  # the peers' regressions stop at 100 steps
    every_metric_but_dci()
    dci()


if __name__ == "__main__":
    main()
