"""Shapley values, against games whose values are known."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from core.explain.shapley import shapley
from tests.simulations.words import GAMES, ratio


def game(players, seed=0, games=2):
    """Return a game with a value for every coalition, and the worth of the whole."""
    drawn = np.random.default_rng(seed)
    table = drawn.normal(size=(1 << players, games))
    table[0] = 0
    powers = 1 << np.arange(players)
    return (lambda masks: table[masks @ powers]), table[-1]


def by_definition(worth, players, whole):
    values, orders = np.zeros((players, len(whole))), list(permutations(range(players)))
    for order in orders:
        before, mask = np.zeros_like(whole), np.zeros(players, bool)
        for player in order:
            mask[player] = True
            after = whole if mask.all() else worth(mask[None])[0]
            values[player] += (after - before) / len(orders)
            before = after
    return values


@pytest.mark.parametrize("players", [1, 2, 3, 5])
def test_few_players_have_their_exact_values(players):
    worth, whole = game(players)
    values, errors, exact = shapley(worth, players, whole)
    assert exact
    assert not errors.any()
    np.testing.assert_allclose(values, by_definition(worth, players, whole), atol=1e-12)


def test_nobody_gets_nothing():
    values, errors, _ = shapley(lambda masks: masks, 0, np.ones(2))
    assert values.shape == errors.shape == (0, 2)


@pytest.mark.parametrize("players", [9, 11, 24])
def test_sampled_values_add_up_and_ask_for_few_coalitions_once(players):
    drawn, asked = np.random.default_rng(0), []
    weights = drawn.normal(size=(players, 2))

    def worth(masks):
        asked.append(len(masks))
        assert (masks.any(axis=1) & ~masks.all(axis=1)).all()
        return np.tanh(masks @ weights)

    whole = np.tanh(weights.sum(axis=0))
    values, errors, exact = shapley(worth, players, whole)
    assert not exact
    assert len(asked) == 1
    assert 200 <= asked[0] <= 300
    np.testing.assert_allclose(values.sum(axis=0), whole, atol=1e-12)
    assert (errors > 0).all()


def test_what_any_player_gains_by_coming_first_is_no_error():
    weights = np.arange(10.0)[:, None]
    values, errors, _ = shapley(lambda masks: masks @ weights + 100, 10, weights.sum(axis=0) + 100)
    np.testing.assert_allclose(values, weights + 10, atol=1e-9)
    np.testing.assert_allclose(errors, 0, atol=1e-9)


@pytest.mark.parametrize("kind", GAMES)
@pytest.mark.parametrize("players", [9, 12])
def test_the_stated_error_is_that_of_the_values(kind, players):
    assert 0.6 < ratio(kind, players, range(60)) < 1.15


def test_the_stated_error_holds_where_every_coalition_is_worth_something_else():
    assert 0.6 < ratio(lambda players, seed: game(players, seed, games=1)[0], 9, range(60)) < 1.15
