"""What is encoded is decoded, in about the bits that the tables promise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from aebench.coding.ans import TAILS, Stack
from aebench.coding.container import BadStream
from aebench.coding.escapes import gamma_bits
from aebench.coding.frequencies import TOTAL, frequencies_of
from aebench.coding.gaussian import gaussian_tables, scale_indices, scale_levels
from aebench.coding.range_coder import Decoder, Encoder
from aebench.coding.tables import Tables
from aebench.data import Array

INT32 = st.integers(-(2**31), 2**31 - 1)
TABLES = Tables.from_probabilities([np.full(9, 0.1), np.array([0.7, 0.2, 0.1])], [-4, 100])
CLOSED = Tables.from_counts(np.array([[5, 0, 2, 90], [1, 1, 1, 1]]))


def encoded(values: Array, indices: Array, tables: Tables) -> bytes:
    encoder = Encoder()
    encoder.encode(values, indices, tables)
    return encoder.payload()


@given(st.lists(st.tuples(st.one_of(st.integers(-8, 110), INT32), st.integers(0, 1))))
def test_any_int32_comes_back(pairs: list[tuple[int, int]]) -> None:
    values, indices = np.array(pairs, np.int64).reshape(-1, 2).T
    payload = encoded(values, indices, TABLES)
    decoder = Decoder(payload)
    np.testing.assert_array_equal(decoder.decode(indices, TABLES), values)
    decoder.finish()
    model = TABLES.bits(values, indices).sum() / 8
    # a word of zeros at the end is not written
    assert 0.99 * model - 4 <= len(payload) <= 1.01 * model + 8


@pytest.mark.parametrize("value", [-(2**31) - 1, 2**31])
def test_a_value_beyond_int32_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="beyond int32"):
        encoded(np.array([value]), np.array([0]), TABLES)


def test_a_value_outside_a_table_without_escape_is_refused() -> None:
    with pytest.raises(ValueError, match="no escape"):
        encoded(np.array([4]), np.array([0]), CLOSED)


def test_an_index_of_no_table_is_refused() -> None:
    for index in (-1, 2):
        with pytest.raises(ValueError, match="2 tables"):
            Decoder(b"").decode(np.array([index]), TABLES)


def test_several_parts_share_a_payload_in_order() -> None:
    rng = np.random.default_rng(0)
    rows = frequencies_of(rng.dirichlet(np.ones(7), 50))
    symbols, values = rng.integers(0, 7, 50), rng.integers(-9, 120, 200)
    indices = rng.integers(0, 2, 200)
    encoder = Encoder()
    encoder.encode_rows(symbols, rows)
    encoder.encode(values, indices, TABLES)
    decoder = Decoder(encoder.payload())
    np.testing.assert_array_equal(decoder.decode_rows(rows), symbols)
    np.testing.assert_array_equal(decoder.decode(indices, TABLES), values)
    decoder.finish()


def test_rows_decode_one_by_one_as_together() -> None:
    rng = np.random.default_rng(0)
    rows = frequencies_of(rng.dirichlet(np.ones(5), 30))
    symbols = rng.integers(0, 5, 30)
    encoder = Encoder()
    encoder.encode_rows(symbols, rows)
    decoder = Decoder(encoder.payload())
    found = [int(decoder.decode_rows(row[None])[0]) for row in rows]
    assert found == symbols.tolist()


def test_rows_that_are_no_tables_are_refused() -> None:
    for rows in (np.full((1, 2), TOTAL), np.array([[TOTAL, 0]]), np.array([1, TOTAL - 1])):
        with pytest.raises(ValueError, match="row"):
            Encoder().encode_rows(np.array([0]), rows)


def test_gaussian_values_take_their_entropy() -> None:
    rng = np.random.default_rng(0)
    tables = gaussian_tables()
    levels = scale_indices(np.exp(rng.uniform(np.log(0.11), np.log(64), 200_000)))
    values = np.rint(rng.normal(scale=scale_levels()[levels])).astype(np.int64)
    payload = encoded(values, levels, tables)
    np.testing.assert_array_equal(Decoder(payload).decode(levels, tables), values)
    assert len(payload) == pytest.approx(tables.bits(values, levels).sum() / 8, rel=1e-3)


@given(st.lists(st.integers(1, 2**20), min_size=1))
def test_gamma_codes_take_two_bits_for_each_and_one_more(numbers: list[int]) -> None:
    lengths = np.array([number.bit_length() - 1 for number in numbers])
    np.testing.assert_allclose(gamma_bits(np.array(numbers)), 2 * lengths + 1, atol=0.01)


@given(st.binary(max_size=40), st.integers(1, 200))
def test_any_bytes_decode_or_are_refused(payload: bytes, count: int) -> None:
    decoder = Decoder(payload)
    try:
        values = decoder.decode(np.arange(count) % 2, TABLES)
    except BadStream:
        return
    assert values.shape == (count,)


def test_bytes_after_the_last_symbol_are_refused() -> None:
    decoder = Decoder(encoded(np.array([1, 2]), np.array([0, 0]), TABLES) + b"\1\2\3\4\5\6\7\10")
    decoder.decode(np.array([0, 0]), TABLES)
    with pytest.raises(BadStream, match="left"):
        decoder.finish()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 1))), st.integers(0, 2**32 - 1))
def test_what_is_popped_from_random_bits_is_undone_by_pushing(
    pairs: list[tuple[int, int]], seed: int
) -> None:
    values, indices = np.array(pairs, np.int64).reshape(-1, 2).T
    stack = Stack.random(20, np.random.default_rng(seed))
    before = stack.words()
    latents = stack.pop_rows(CLOSED.frequencies[np.array([1, 0, 1])])
    stack.push_rows(values, CLOSED.frequencies[indices])
    stack = Stack.from_payload(stack.payload())
    np.testing.assert_array_equal(stack.pop_rows(CLOSED.frequencies[indices]), values)
    stack.push_rows(latents, CLOSED.frequencies[np.array([1, 0, 1])])
    np.testing.assert_array_equal(stack.words(), before)


def test_rows_on_a_stack_come_back() -> None:
    rng = np.random.default_rng(0)
    rows, symbols = frequencies_of(rng.dirichlet(np.ones(6), 40)), rng.integers(0, 6, 40)
    stack = Stack()
    stack.push_rows(symbols, rows)
    np.testing.assert_array_equal(stack.pop_rows(rows), symbols)
    assert len(stack.words()) == 0


def test_a_stack_that_has_run_out_is_still_restored() -> None:
    stack, indices = Stack(), np.ones(100, int)
    popped = stack.pop_rows(CLOSED.frequencies[indices])
    assert stack.bits <= 1
    stack.push_rows(popped, CLOSED.frequencies[indices])
    assert stack.payload() == Stack().payload()


def test_every_symbol_takes_its_bits_on_the_stack() -> None:
    stack, rng = Stack(), np.random.default_rng(0)
    values, indices = rng.integers(0, 4, 5000), rng.integers(0, 2, 5000)
    stack.push_rows(values, CLOSED.frequencies[indices])
    # one table's precision is lost on the first symbol
    assert 0 <= stack.bits - CLOSED.bits(values, indices).sum() <= 24 + 1


@given(st.integers(0, 2**32 - 1))
def test_gaussians_popped_from_random_bits_are_undone_by_pushing(seed: int) -> None:
    rng = np.random.default_rng(seed)
    means, deviations = rng.normal(0, 3000, 9), np.exp(rng.uniform(-3, 9, 9))
    stack = Stack.random(12, rng)
    before = stack.words()
    popped = stack.pop_gaussians(means, deviations)
    assert (abs(popped - means) <= TAILS * deviations + 2).all()
    stack = Stack.from_payload(stack.payload())
    stack.push_gaussians(popped, means, deviations)
    np.testing.assert_array_equal(stack.words(), before)


def test_what_is_popped_is_distributed_as_the_gaussians_and_costs_what_they_say() -> None:
    rng, count = np.random.default_rng(0), 4000
    means, deviations = rng.normal(0, 3000, count), np.exp(rng.uniform(0, 7, count))
    stack = Stack.random(count, rng)
    bits = stack.bits
    popped = stack.pop_gaussians(means, deviations)
    standardised = (popped - means) / deviations
    # a leak of probability to where the Gaussian is not would show in the fourth moment
    assert standardised.mean() == pytest.approx(0, abs=0.05)
    assert (standardised**2).mean() == pytest.approx(1, abs=0.08)
    assert (standardised**4).mean() == pytest.approx(3, abs=0.5)
    edges = (popped[:, None] + [-0.5, 0.5] - means[:, None]) / deviations[:, None]
    expected = -np.log2(np.diff(ndtr(edges), axis=1)).sum()
    assert bits - stack.bits == pytest.approx(expected, rel=0.001)


def test_a_symbol_beyond_a_gaussian_s_tails_is_refused() -> None:
    with pytest.raises(ValueError, match="20 is not from -6 to 12"):
        Stack().push_gaussians(np.array([20]), np.array([3.1]), np.array([1.0]))


@pytest.mark.parametrize("payload", [b"", b"\1", b"\1\0\0\0\0\0\0\0"])
def test_what_no_stack_wrote_is_refused(payload: bytes) -> None:
    with pytest.raises(BadStream):
        Stack.from_payload(payload)
