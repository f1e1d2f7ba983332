"""Verdicts on two settings of one data set: those of the field's test, and of the page's tables."""

import json
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from scipy import stats

from aebench.report.pairs import pairs, unscored, verdicts
from aebench.report.reproduction import reproduction
from aebench.statistics import holm, paired_p_value, paired_p_values

RNG = np.random.default_rng(0)
SCORES = RNG.normal(size=(5, 4)) * 0.1 + np.array([0.0, 0, 1, 5, 5])[:, None]


def test_paired_p_values_are_those_of_the_paired_test() -> None:
    differences = np.vstack([SCORES, np.zeros(4), np.full(4, 2.0)])
    expected = [*(stats.ttest_rel(row, np.zeros(4)).pvalue for row in SCORES), 1.0, 0.0]
    assert paired_p_values(differences) == pytest.approx(expected, rel=1e-12)


def test_a_verdict_is_holms_over_all_pairs() -> None:
    both = list(combinations(range(5), 2))
    tests = holm([paired_p_value(list(SCORES[a]), list(SCORES[b])) for a, b in both])
    expected = [
        "=" if p > 0.05 else "1" if SCORES[a].mean() > SCORES[b].mean() else "2"
        for p, (a, b) in zip(tests, both, strict=True)
    ]
    assert {*expected} == {"=", "2"}
    assert verdicts(SCORES, [None] * 5) == "".join(expected)


def test_who_is_tied_with_the_best_in_the_table_has_no_verdict_against_it() -> None:
    scores = np.array([[0.0, 0.1, 0.2], [5.0, 5.1, 5.2]])
    assert verdicts(scores, [False, None]) == "2"
    assert verdicts(scores, [True, None]) == "="


def test_nothing_is_tested_with_one_seed_or_where_a_seed_failed() -> None:
    assert verdicts(np.array([[1.0], [2.0]]), [None, None]) == "-"
    assert verdicts(np.array([[1.0, np.nan], [2.0, 2.0]]), [None, None]) == "-"


def test_of_a_metric_whose_lower_is_better_the_lower_one_is_better() -> None:
    runs: list[dict[str, Any]] = [
        {"dataset": "digits", "setting": name, "variant": name, "values": {}}
        for name in ("ae", "vae")
    ]
    plan = {"seeds": [0, 1, 2], "runs": runs}
    values = {
        name: dict(enumerate([m, m + 0.1, m + 0.2])) for name, m in (("ae", 1.0), ("vae", 9.0))
    }
    found = pairs(plan, {("digits", "cpu", metric): values for metric in ("mse", "psnr", "kl")}, [])
    assert found["verdicts"]["digits"]["cpu"] == {"mse": "1", "psnr": "2"}
    assert found["seeds"]["digits"]["cpu"]["kl"]["vae"] == [9.0, 9.1, 9.2]
    assert found["quantiles"][3] == pytest.approx(4.302653, abs=1e-6)
    json.dumps(found, allow_nan=False)


def test_what_fits_and_has_no_mean_failed_or_is_infinite() -> None:
    lost = {"fits": True, "score": None, "perfect": False}
    cells = [
        lost | {"metric": "mse"},
        lost | {"metric": "psnr", "perfect": True},
        lost | {"metric": "mig", "fits": False},
        lost | {"metric": "ssim", "score": 1.0},
    ]
    row = {"setting": "ae", "hardware": "cpu", "cells": cells}
    digits = type("Digits", (), {"name": "digits"})
    found = unscored([{"description": digits, "scores": [{"rows": [row]}], "costs": {"rows": []}}])
    assert found == {"digits": {"cpu": {"mse": {"ae": "failed"}, "psnr": {"ae": "∞"}}}}


def test_a_plan_without_its_configuration_reproduces_nothing() -> None:
    assert reproduction({"runs": [], "datasets": {}}, []) is None
