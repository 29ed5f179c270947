"""Shapley values of a game with few players: exact, or sampled with their errors."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

EXACT = 8  # players, up to whom every coalition is asked
COALITIONS = 256  # coalitions that are asked, about, where there are more players

Worth = Callable[[np.ndarray], np.ndarray]


def shapley(
    worth: Worth, players: int, whole: np.ndarray, seed: int = 0, most: int = COALITIONS, exact: int = EXACT
) -> tuple[np.ndarray, np.ndarray, bool]:
    """Return each player's value `(players, games)`, its standard error, and whether the values are exact.

    `worth(masks)` takes coalitions `(m, players)` of booleans, neither empty nor whole, and returns what each is
    worth in every game, `(m, games)`; the empty coalition is worth 0, the whole one `whole (games,)`. It is called
    once, with about `most` where there are more players than `exact`. The values sum to `whole`.
    """
    if players <= exact:
        values = exact_values(worth, players, whole)
        return values, np.zeros_like(values), True
    values, errors = _sampled(worth, players, whole, seed, most)
    return values, errors, False


def exact_values(worth: Worth, players: int, whole: np.ndarray) -> np.ndarray:
    """Sum the marginal worth over all coalitions (Shapley, "A value for n-person games", 1953)."""
    values = np.zeros((players, len(whole)))
    if not players:
        return values
    codes = np.arange(1 << players)
    masks = (codes[:, None] >> np.arange(players) & 1).astype(bool)
    asked = np.zeros((len(codes), len(whole)))
    asked[-1] = whole
    if players > 1:
        asked[1:-1] = worth(masks[1:-1])
    size = masks.sum(axis=1)
    weight = [
        math.factorial(k) * math.factorial(players - k - 1) / math.factorial(players) for k in range(players)
    ]
    for player in range(players):
        without = codes[~masks[:, player]]
        gain = asked[without | 1 << player] - asked[without]
        values[player] = np.array(weight)[size[without]] @ gain
    return values


def _sampled(
    worth: Worth, players: int, whole: np.ndarray, seed: int, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Average the marginal worth over orders of the players (Castro, Gómez & Tejada 2009).

    Orders are drawn in pairs, one the other backwards, until about `most` different coalitions are asked. What a place
    gains, whoever stands there, is taken out and shared equally: it says nothing of any player. The error is that of
    the mean over pairs, a little larger for the places' effects, which are estimated from the same gains.
    """
    rng = np.random.default_rng(seed)
    orders: list[np.ndarray] = []
    known: set[bytes] = set()
    while len(orders) < 6 or len(known) < most:
        order = rng.permutation(players)
        orders += [order, order[::-1]]
        known.update(mask.tobytes() for order in orders[-2:] for mask in _before(order))
    pairs = len(orders) // 2
    masks = np.concatenate([_before(order) for order in orders])
    distinct, places = np.unique(masks, axis=0, return_inverse=True)
    asked = worth(distinct)[places.ravel()].reshape(len(orders), players - 1, len(whole))
    ends = np.zeros((len(orders), 1, len(whole)))
    gains = np.diff(np.concatenate([ends, asked, ends + whole], axis=1), axis=1)  # (orders, places, games)
    usual = _of_places(gains, orders)
    by_player = np.empty_like(gains)
    for number, order in enumerate(orders):
        by_player[number, order] = gains[number] - usual + usual.mean(axis=0)
    of_pairs = by_player.reshape(pairs, 2, players, len(whole)).mean(axis=1)
    return of_pairs.mean(axis=0), of_pairs.std(axis=0, ddof=1) / math.sqrt(pairs - 1)


def _of_places(gains: np.ndarray, orders: list[np.ndarray]) -> np.ndarray:
    """Return what each place gains beside what its players do, `(places, games)`: a two-way layout's least squares."""
    players = np.concatenate(orders)
    size = len(orders[0])
    design = np.hstack([np.eye(size)[players], np.tile(np.eye(size), (len(orders), 1))])
    effects = np.linalg.lstsq(design, gains.reshape(len(design), -1), rcond=None)[0]
    places: np.ndarray = effects[size:]
    return places


def _before(order: np.ndarray) -> np.ndarray:
    """Return the coalitions that an order builds up, the empty and the whole one left out, `(players - 1, players)`."""
    masks = np.zeros((len(order) - 1, len(order)), bool)
    for place, player in enumerate(order[:-1]):
        masks[place:, player] = True
    return masks
