"""What every disentanglement metric accepts: the checks, and the dimensions that count."""

import numpy as np

from aebench.data import Array

LARGEST = 1e15  # its square still fits single precision


def checked_codes(codes: Array, name: str = "codes") -> Array:
    """``codes`` (n, d) as they are, if they are finite numbers of at least 2 samples.

    Magnitudes end at 1e15, where a model has diverged. d may be 0: a collapsed code after pruning.
    Raises `ValueError` naming what was found.
    """
    codes = np.asarray(codes)
    if codes.ndim != 2 or len(codes) < 2:
        raise ValueError(
            f"{name} of shape {codes.shape}: (samples, dimensions) with at least 2 samples needed"
        )
    if codes.dtype.kind not in "fiub":
        raise ValueError(f"{name} of type {codes.dtype}: real numbers needed")
    if codes.dtype.kind in "fb" and codes.dtype.itemsize < 4:
        codes = codes.astype(np.float64)  # half precision sums too coarsely
    wrong = ~(np.abs(codes) <= LARGEST)  # NaN too
    if wrong.any():
        where = np.argwhere(wrong)[0].tolist()
        raise ValueError(
            f"{name} hold {codes[tuple(where)]} at {where}: magnitudes up to {LARGEST:g} needed"
        )
    return codes


def checked_factors(factors: Array, name: str = "factors") -> Array:
    """``factors`` (n, k), k at least 1, as int64; whole numbers of any type are accepted.

    Raises `ValueError` naming what was found.
    """
    factors = checked_codes(factors, name)
    if not factors.shape[1]:
        raise ValueError(f"{name} of shape {factors.shape}: at least one factor needed")
    if factors.dtype.kind == "f" and (factors != np.round(factors)).any():
        found = factors[factors != np.round(factors)][0]
        raise ValueError(f"{name} hold {found}: classes are whole numbers")
    return factors.astype(np.int64)


def checked(codes: Array, factors: Array, suffix: str = "") -> tuple[Array, Array]:
    """Both arrays, checked, of one length; `ValueError` otherwise."""
    codes = checked_codes(codes, f"codes{suffix}")
    factors = checked_factors(factors, f"factors{suffix}")
    if len(codes) != len(factors):
        raise ValueError(
            f"{len(codes)} codes{suffix} but {len(factors)} factors{suffix}: one row each needed"
        )
    return codes, factors


def checked_splits(
    codes: Array, factors: Array, codes_test: Array, factors_test: Array
) -> tuple[Array, Array, Array, Array]:
    """Training and test arrays, checked, with the same columns; `ValueError` otherwise."""
    codes, factors = checked(codes, factors)
    codes_test, factors_test = checked(codes_test, factors_test, "_test")
    if codes.shape[1] != codes_test.shape[1] or factors.shape[1] != factors_test.shape[1]:
        raise ValueError(
            f"{codes.shape[1]} dimensions and {factors.shape[1]} factors in training, "
            f"{codes_test.shape[1]} and {factors_test.shape[1]} in test: they must agree"
        )
    return codes, factors, codes_test, factors_test


def varying(array: Array) -> Array:
    """Which columns of (n, d) hold more than one value, bool (d,): exact, unlike a variance."""
    return np.asarray(array.min(0) < array.max(0)) if array.shape[1] else np.zeros(0, bool)


def varying_factors(factors: Array, *others: Array) -> Array:
    """Indices of the factors (n, k) that take several values there and in each of ``others``.

    Raises `ValueError` where there is none, since nothing can then be scored.
    """
    several = np.logical_and.reduce([varying(array) for array in (factors, *others)])
    if not several.any():
        raise ValueError("every factor has a single value: there is nothing to tell apart")
    return np.flatnonzero(several)


def with_dead_dimensions(codes: Array, least: int = 2) -> Array:
    """Codes (n, d) completed by zero columns to ``least`` or more, so that every gap is defined."""
    missing = max(0, least - codes.shape[1])
    return np.concatenate([codes, np.zeros((len(codes), missing), codes.dtype)], axis=1)
