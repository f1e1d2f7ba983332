"""Whether single code dimensions stand for single factors of variation.

Every function takes plain arrays: ``codes`` float (n, d), ``factors`` int (n, k). An unprefixed
name returns what the field's reference implementation returns, quirks included; each docstring
names them and the corrected form beside it.
"""

from aebench.metrics.disentanglement.activity import (
    active_code_dimensions,
    active_dimensions,
)
from aebench.metrics.disentanglement.dci import (
    completeness,
    dci,
    disentanglement,
    importance_matrix,
)
from aebench.metrics.disentanglement.gaps import dcimig, jemmig, mig, mig_sup
from aebench.metrics.disentanglement.infomec import (
    explained_information,
    infomec,
    normalised_information,
)
from aebench.metrics.disentanglement.information import mutual_information
from aebench.metrics.disentanglement.interventions import beta_vae_score, factor_vae_score
from aebench.metrics.disentanglement.irs import irs
from aebench.metrics.disentanglement.med import (
    information_importance,
    med,
    med_completeness,
    top_k_med,
)
from aebench.metrics.disentanglement.modularity import (
    active_modularity,
    explicitness,
    modularity,
)
from aebench.metrics.disentanglement.sap import accuracy_matrix, sap
from aebench.metrics.disentanglement.udr import relative_strength, udr
from aebench.metrics.disentanglement.unsupervised import (
    code_mutual_information,
    gaussian_total_correlation,
    mean_sampled_correlation,
    normalised_wasserstein_dependency,
    sampled_total_correlation,
    wasserstein_dependency,
)
from aebench.metrics.representation.geometry import active_units

__all__ = [
    "accuracy_matrix",
    "active_code_dimensions",
    "active_dimensions",
    "active_modularity",
    "active_units",
    "beta_vae_score",
    "code_mutual_information",
    "completeness",
    "dci",
    "dcimig",
    "disentanglement",
    "explained_information",
    "explicitness",
    "factor_vae_score",
    "gaussian_total_correlation",
    "importance_matrix",
    "infomec",
    "information_importance",
    "irs",
    "jemmig",
    "mean_sampled_correlation",
    "med",
    "med_completeness",
    "mig",
    "mig_sup",
    "modularity",
    "mutual_information",
    "normalised_information",
    "normalised_wasserstein_dependency",
    "relative_strength",
    "sampled_total_correlation",
    "sap",
    "top_k_med",
    "udr",
    "wasserstein_dependency",
]
