"""Information-based disentanglement scores against slow recomputations and known answers."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from aebench.data import Array
from aebench.metrics.disentanglement import (
    active_modularity,
    dcimig,
    irs,
    jemmig,
    med,
    med_completeness,
    mig,
    mig_sup,
    modularity,
    mutual_information,
    top_k_med,
)
from aebench.metrics.disentanglement.information import binned, classes, mutual_information_matrix

DSPRITES, SHAPES3D = (3, 6, 40, 32, 32), (10, 10, 10, 8, 4, 15)


def drawn(sizes: tuple[int, ...], samples: int = 10_000) -> Array:
    random = np.random.default_rng(0)
    return np.stack([random.integers(0, size, samples) for size in sizes], axis=1)


def perfect(factors: Array) -> Array:
    return np.asarray((factors - factors.mean(0)) / factors.std(0))


def noise(samples: int = 10_000, dimensions: int = 10) -> Array:
    return np.random.default_rng(1).normal(size=(samples, dimensions))


@pytest.fixture(scope="module")
def entangled() -> tuple[Array, Array]:
    """2,000 noisy linear mixtures of three factors, one of them skewed."""
    random = np.random.default_rng(2)
    factors = np.stack([random.integers(0, n, 2000) for n in (3, 6)] + [random.poisson(2, 2000)], 1)
    return factors @ random.normal(size=(3, 4)) + random.normal(size=(2000, 4)), factors


def slow_bins(codes: Array) -> list[Array]:
    return [np.digitize(code, np.histogram(code, 20)[1][:-1]) for code in codes.T]


def slow_information(codes: Array, factors: Array) -> tuple[Array, Array, Array]:
    """scikit-learn's information of bins and classes (d, k), entropies of bins and of classes."""
    from sklearn.metrics import mutual_info_score

    cut = slow_bins(codes)
    matrix = [[mutual_info_score(factor, code) for factor in factors.T] for code in cut]
    bins = np.array([mutual_info_score(code, code) for code in cut])
    return np.array(matrix), bins, np.array([mutual_info_score(f, f) for f in factors.T])


def test_bins_are_numpys_histograms(entangled: tuple[Array, Array]) -> None:
    for codes in (entangled[0], entangled[0].astype(np.float32), entangled[1]):
        assert_array_equal(binned(codes, 20).T + 1, slow_bins(codes))


def test_a_range_too_narrow_for_the_bins_is_one_bin() -> None:
    codes = np.array([[1, 5.0], [1 + 2**-52, 5.0], [1, 5.0]])
    assert not binned(codes, 20).any()


def test_mutual_information_is_scikit_learns(entangled: tuple[Array, Array]) -> None:
    from sklearn.metrics import mutual_info_score

    random = np.random.default_rng(3)
    a, b = random.integers(0, 7, 500), random.integers(-2, 5, 500)
    assert_allclose(mutual_information(a, b), mutual_info_score(a, b))
    assert_allclose(mutual_information(a, a), mutual_info_score(a, a))
    codes, factors = entangled
    ours = mutual_information_matrix(binned(codes, 20), classes(factors))
    assert_allclose(ours, slow_information(codes, factors)[0])


def test_independent_by_construction_is_exactly_no_information() -> None:
    a, b = (axis.ravel() for axis in np.indices((7, 11)))
    assert mutual_information(a, b) == 0


def test_the_gaps_are_the_references(entangled: tuple[Array, Array]) -> None:
    matrix, of_bins, of_factors = slow_information(*entangled)
    by_code, by_factor = np.sort(matrix, axis=0)[::-1], np.sort(matrix, axis=1)[:, ::-1]
    assert_allclose(mig(*entangled), np.mean((by_code[0] - by_code[1]) / of_factors))
    assert_allclose(mig_sup(*entangled), np.mean((by_factor[:, 0] - by_factor[:, 1]) / of_bins))
    best = [0.0, 0.0, 0.0]
    for row, first, second in zip(matrix, by_factor[:, 0], by_factor[:, 1], strict=True):
        best[int(row.argmax())] = max(best[int(row.argmax())], first - second)
    assert_allclose(dcimig(*entangled), sum(best) / sum(of_factors))


def test_jemmig_is_its_formula_on_joint_histograms(entangled: tuple[Array, Array]) -> None:
    codes, factors = entangled
    matrix, _, of_factors = slow_information(codes, factors)
    expected = []
    for k, factor in enumerate(factors.T):
        best = slow_bins(codes)[int(matrix[:, k].argmax())]
        pairs = np.unique(np.stack([best, factor]), axis=1, return_counts=True)[1] / len(factor)
        joint = -(pairs * np.log(pairs)).sum()
        first, second = np.sort(matrix[:, k])[::-1][:2]
        expected.append(1 - (joint - first + second) / (of_factors[k] + np.log(20)))
    assert_allclose(jemmig(codes, factors), np.mean(expected))


def test_med_is_dcis_entropies_on_information(entangled: tuple[Array, Array]) -> None:
    from scipy.stats import entropy

    matrix, _, _ = slow_information(*entangled)
    importance = matrix / matrix.sum(0)
    rows = 1 - entropy(importance.T + 1e-11, base=3)
    columns = 1 - entropy(importance + 1e-11, base=4)
    assert_allclose(med(*entangled), rows @ importance.sum(1) / importance.sum())
    assert_allclose(med_completeness(*entangled), columns.mean())
    owned = [np.flatnonzero(importance.argmax(1) == k) for k in range(3)]
    kept = [int(mine[rows[mine].argmax()]) for mine in owned if len(mine)]
    expected = rows[kept] @ importance[kept].sum(1) / importance[kept].sum()
    assert_allclose(top_k_med(*entangled), expected)
    assert_allclose(top_k_med(*entangled, kept=4), med(*entangled))


def test_modularity_is_its_formula(entangled: tuple[Array, Array]) -> None:
    squared = slow_information(*entangled)[0] ** 2
    template = squared.max(1)
    assert_allclose(
        modularity(*entangled), np.mean(1 - (squared.sum(1) - template) / (template * 2))
    )


def test_irs_is_disentanglement_libs(entangled: tuple[Array, Array]) -> None:
    """Its loops over factors, bins and dimensions written out."""
    codes, factors = entangled
    codes = np.concatenate([codes, np.full((len(codes), 1), 3.0)], axis=1)
    moved = np.zeros((4, 3))
    for k, cut in enumerate(slow_bins(factors)):
        for j in range(4):
            inside = [codes[cut == value, j] for value in np.unique(cut)]
            moved[j, k] = np.mean([np.quantile(abs(z - z.mean()), 0.99) for z in inside])
    widest = abs(codes - codes.mean(0)).max(0)[:4]
    robust = (1 - moved / widest[:, None]).max(1)
    assert_allclose(irs(codes, factors), robust @ widest / widest.sum())


def test_a_perfect_code_reaches_the_known_ceilings() -> None:
    sprites, shapes = drawn(DSPRITES), drawn(SHAPES3D)
    assert_allclose(mig(sprites.astype(float), sprites), 0.896, atol=0.004)
    assert_allclose(mig(perfect(shapes), shapes), 0.996, atol=0.003)
    assert mig(perfect(sprites), sprites, bins=1000) > 0.98
    wide = np.concatenate([perfect(shapes), 1e-3 * noise(dimensions=4)], axis=1)
    assert_allclose(med(wide, shapes), 0.956, atol=0.004)
    assert_allclose(med_completeness(wide, shapes), 0.936, atol=0.005)
    assert irs(perfect(shapes), shapes) > 0.999
    assert modularity(perfect(sprites), sprites) > 0.999


def test_noise_scores_the_known_floors() -> None:
    sprites = drawn(DSPRITES)
    assert 0.63 < modularity(noise(), sprites) < 0.67
    assert 0.35 < irs(noise(), sprites) < 0.38
    for score in (mig, mig_sup, dcimig, med):
        assert score(noise(), sprites) < 0.01


def test_dead_dimensions_cost_modularity_unless_left_out() -> None:
    sprites = drawn(DSPRITES)
    codes = np.concatenate([perfect(sprites), 1e-3 * noise(dimensions=5)], axis=1)
    assert_allclose(modularity(codes, sprites), 0.837, atol=0.02)
    assert_allclose(active_modularity(codes, sprites), modularity(perfect(sprites), sprites))
    constant = np.concatenate([perfect(sprites), np.full((len(sprites), 5), 0.1)], axis=1)
    assert_allclose(modularity(constant, sprites), 0.5, atol=1e-3)


def test_a_warp_costs_mig() -> None:
    sprites = drawn(DSPRITES)
    assert mig(np.exp(2 * perfect(sprites)), sprites) < 0.8 * mig(perfect(sprites), sprites)


def test_copies_leave_no_gap_but_serve_one_factor_each() -> None:
    factors = drawn((5, 4))
    copies = np.concatenate([factors, factors], axis=1).astype(float)
    assert_allclose(mig(copies, factors), 0, atol=1e-12)
    assert_allclose(dcimig(copies, factors), 1, atol=1e-2)
    assert_allclose(irs(copies, factors), 1)


def test_dcimig_charges_a_missing_factor_its_entropy() -> None:
    factors = drawn((4, 4))
    assert_allclose(dcimig(factors[:, :1].astype(float), factors), 0.5, atol=1e-2)
