"""Who is marked beside the winner."""

import numpy as np
import pytest

from aebench.statistics import fewest_pairs, mark_winner

RANDOM = np.random.default_rng(0).normal(0, 0.1, (12, 3))
SPREAD = RANDOM + np.array([0.0, 2.0, 2.01])


@pytest.mark.parametrize("test", ["signed-rank", "t"])
def test_the_winner_and_its_like_are_marked(test: str) -> None:
    found = mark_winner(SPREAD, "higher", test)  # type: ignore[arg-type]
    assert found.winner in (1, 2)
    assert found.marks[0] == "worse" and found.marks[3 - found.winner] == "not distinguishable"
    assert found.p_values[0] < 0.05 and found.p_values[found.winner] == 1


def test_direction_turns_the_order() -> None:
    found = mark_winner(SPREAD, "lower")
    assert found.marks == ("winner", "worse", "worse")
    assert found == mark_winner(-SPREAD, "higher")


def test_of_three_seeds_the_signed_rank_test_can_tell_nothing() -> None:
    scores = np.array([[0.0, 1], [0, 2], [0, 3]])
    assert mark_winner(scores, "higher").marks == ("too few pairs", "winner")
    assert mark_winner(scores, "higher", "t", 0.1).marks == ("worse", "winner")


def test_one_seed_tells_nothing() -> None:
    found = mark_winner(np.array([[1.0, 2.0, 3.0]]), "higher", "t")
    assert found.marks == ("too few pairs", "too few pairs", "winner")
    assert found.p_values == (1, 1, 1)


def test_fewest_pairs_count_all_pairs_of_variants() -> None:
    pairs = fewest_pairs(family=4 * 3 // 2)
    scores = np.arange(1.0, pairs + 1)[:, None] * np.arange(4)
    assert mark_winner(scores, "higher").marks == ("worse", "worse", "worse", "winner")
    assert mark_winner(scores[1:], "higher").marks == (*["too few pairs"] * 3, "winner")


def test_a_leader_in_ranks_that_loses_its_test_tells_nobody_worse() -> None:
    # The first leads by a little on 13 rows of 20 and loses by much on 7: signed ranks 91 to 119.
    scores = np.zeros((20, 2))
    scores[:13, 0] = np.linspace(0.001, 0.002, 13)
    scores[13:, 1] = np.linspace(50, 60, 7)
    found = mark_winner(scores, "higher", significance=0.9)
    assert found.winner == 0 and found.p_values[1] < 0.9
    assert found.marks == ("winner", "not distinguishable")


def test_picking_the_winner_after_looking_is_paid_for() -> None:
    generator = np.random.default_rng(0)
    called = sum(
        "worse" in mark_winner(generator.normal(size=(5, 10)), "higher", "t").marks
        for _ in range(150)
    )
    assert called / 150 <= 0.05 + 2 * np.sqrt(0.05 * 0.95 / 150)  # 0.10 if 9 tests were counted


def test_equal_variants_share_and_the_first_leads() -> None:
    found = mark_winner(np.ones((8, 3)), "higher", "t")
    assert found.winner == 0 and found.marks[1:] == ("not distinguishable",) * 2


def test_what_cannot_be_compared_is_refused() -> None:
    with pytest.raises(ValueError, match="'sign'"):
        mark_winner(SPREAD, "higher", "sign")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="1 of 36"):
        mark_winner(np.where(SPREAD == SPREAD[0, 0], np.nan, SPREAD), "higher")
    with pytest.raises(ValueError, match="significance is 5"):
        mark_winner(SPREAD, "higher", significance=5)
