"""The map of codes shows the two directions of most variance, and how much of it they hold."""

import numpy as np
import pytest

from aebench.figures.code_map import principal


def test_codes_in_a_plane_keep_their_distances() -> None:
    random = np.random.default_rng(0)
    flat = random.normal(size=(50, 2)) * [3, 1]
    turned = flat @ np.linalg.qr(random.normal(size=(5, 5)))[0][:2]
    points, share = principal(turned.astype(np.float32))
    between = np.linalg.norm(flat[:, None] - flat, axis=-1)
    assert np.linalg.norm(points[:, None] - points, axis=-1) == pytest.approx(between, abs=1e-5)
    assert share == pytest.approx(1)


def test_the_share_is_that_of_the_two_largest_variances() -> None:
    codes = np.diag([4.0, 3.0, 2.0])
    codes = np.concatenate([codes, -codes])
    assert principal(codes)[1] == pytest.approx((16 + 9) / (16 + 9 + 4))


def test_a_code_that_never_varies_is_a_point_without_a_share() -> None:
    points, share = principal(np.full((4, 3), 7.0))
    assert not points.any() and share == 0


def test_a_code_of_one_number_has_no_second_direction() -> None:
    points, share = principal(np.arange(5.0)[:, None])
    assert not points[:, 1].any() and share == pytest.approx(1)


def test_signs_do_not_depend_on_the_decomposition() -> None:
    codes = np.random.default_rng(0).normal(size=(20, 4))
    points, _ = principal(codes)
    assert (points[np.abs(points).argmax(0), [0, 1]] > 0).all()
