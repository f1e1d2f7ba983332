"""Two ways a latent variable model fails: dimensions the encoder ignores, prior without codes."""

import numpy as np

from aebench.data import Array
from aebench.registry import metric

COLLAPSED = 0.01
PRIOR_HOLE_ROWS = 4000


@metric(
    better="lower",
    unit="share of dimensions",
    value_range="[0, 1]",
    source="posterior collapse, as in Lucas et al. 2019",
    reads=("posterior_mean", "posterior_log_variance"),
)
def collapsed_dimensions(mu: Array, log_variance: Array) -> float:
    """Share of code dimensions whose posterior is the prior: mean KL from N(0, 1) below 0.01 nats.

    Posteriors N(mu, exp(log_variance)) are (n, L) twice. Raises `ValueError` where values are not
    finite.
    """
    mu, log_variance = mu.astype(np.float64), log_variance.astype(np.float64)
    divergence = 0.5 * (mu**2 + np.exp(log_variance) - 1 - log_variance).mean(0)  # (L,)
    if not np.isfinite(divergence).all():
        raise ValueError("posterior parameters are not finite")
    return float((divergence < COLLAPSED).mean())


@metric(
    better="lower",
    unit="",
    value_range="[0, 1], 0.5 for equal distributions",
    source="classifier two-sample test, Lopez-Paz & Oquab 2017; cf. Rosca et al. 2018",
    reads=("sampled_codes", "prior_codes"),
)
def prior_hole(codes: Array, prior_codes: Array, seed: int = 0) -> float:
    """How well boosted trees tell codes of data from draws of the prior: area under the ROC curve.

    ``codes`` (n, L) are draws from the aggregate posterior, ``prior_codes`` (m, L) from the prior;
    at most the first 4,000 of each are used, every other one to fit and the rest to score. 0.5
    where the decoder meets at generation what it saw in training, 1 where it never does. Unlike the
    marginal KL it needs no density, so it fits every prior. Raises `ValueError` with fewer than 4
    rows of one.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.metrics import roc_auc_score

    rows = min(len(codes), len(prior_codes), PRIOR_HOLE_ROWS)
    if rows < 4:
        raise ValueError(f"{len(codes)} codes, {len(prior_codes)} draws from the prior")
    both = np.stack([codes[:rows], prior_codes[:rows]], axis=1)  # (rows, 2, L): code, draw
    fitted, scored = (half.reshape(-1, both.shape[2]) for half in (both[::2], both[1::2]))
    is_prior = np.tile([0, 1], rows)
    classifier = HistGradientBoostingClassifier(
        max_iter=50, early_stopping=False, random_state=seed
    ).fit(fitted, is_prior[: len(fitted)])
    return float(roc_auc_score(is_prior[: len(scored)], classifier.predict_proba(scored)[:, 1]))
