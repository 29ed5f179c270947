"""A simulated market: prices, volumes and the five features that a headline's reader could have known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WARM_UP = 60  # sessions simulated before the first headline, so that every rolling window is full
DAILY_LIMIT = 0.299  # the exchange's daily price limit of 30 %
RSI_WINDOW = 14
WINDOW = 20


@dataclass(frozen=True)
class Signal:
    """What is planted in the return of the session after a headline's, as fractions (0.01 is 1 %)."""

    wording: float = 0.0080  # added for a positive wording, subtracted for a negative one
    topic: float = 0.0080  # added for the topic below, whatever its wording
    topic_name: str = "배당·자사주·지분"
    volume: float = 0.0075  # times ln(거래량비율), held within -1 and 1


@dataclass(frozen=True)
class Market:
    """Simulated prices and volumes: arrays of shape (sessions, companies)."""

    returns: np.ndarray
    volumes: np.ndarray

    def features(self) -> dict[str, np.ndarray]:
        """Return the five features by name, `(sessions, companies)`, as known at each session's close.

        RSI is Cutler's form (simple means over 14 sessions); 이격도20 is the close over its mean of 20
        sessions, less 1; 변동성20 the standard deviation of 20 daily returns.
        """
        close = np.cumprod(1 + self.returns, axis=0)
        gain, loss = (_rolling_mean(np.maximum(sign * self.returns, 0), RSI_WINDOW) for sign in (1, -1))
        mean, square = _rolling_mean(self.returns, WINDOW), _rolling_mean(self.returns**2, WINDOW)
        return {
            "전일수익률": self.returns.round(5),
            "변동성20": np.sqrt((square - mean**2) * WINDOW / (WINDOW - 1)).round(5),
            "거래량비율": (self.volumes / _rolling_mean(self.volumes, WINDOW)).round(3),
            "RSI": (100 * gain / (gain + loss)).round(2),
            "이격도20": (close / _rolling_mean(close, WINDOW) - 1).round(5),
        }


def simulate(news: np.ndarray, signal: Signal, rng: np.random.Generator) -> Market:
    """Simulate a market in which `news` moves the next session's return.

    `news` has shape (sessions, companies): what the headlines of a session add to the return of the
    session after it. One factor is common to all companies of a session. The planted feature is the
    volume ratio that was known before the headline: two sessions before the return it moves.
    """
    sessions, companies = news.shape
    beta, volatility = rng.uniform(0.6, 1.4, companies), rng.uniform(0.013, 0.024, companies)
    factor = rng.normal(0.0002, 0.006, (sessions, 1))
    noise = rng.standard_t(6, (sessions, companies)) * np.sqrt(4 / 6) * volatility
    returns = beta * factor + noise
    volume_shocks = rng.normal(0, 0.36, (sessions, companies))
    log_volumes = np.zeros((sessions, companies))
    for s in range(1, sessions):
        returns[s] += news[s - 1]
        if s > WINDOW + 1:
            returns[s] += signal.volume * _volume_score(log_volumes[s - WINDOW - 1 : s - 1])
        returns[s] = np.clip(returns[s], -DAILY_LIMIT, DAILY_LIMIT)
        surprise = np.abs(noise[s]) / volatility - 0.75
        log_volumes[s] = 0.6 * log_volumes[s - 1] + volume_shocks[s] + 0.15 * surprise
    return Market(returns, np.exp(log_volumes))


def _volume_score(log_volumes: np.ndarray) -> np.ndarray:
    """Return ln(last / mean) of volumes `(sessions, companies)`, held within -1 and 1, `(companies,)`."""
    return np.clip(log_volumes[-1] - np.log(np.exp(log_volumes).mean(axis=0)), -1, 1)


def _rolling_mean(values: np.ndarray, window: int) -> np.ndarray:
    """Return the mean of each value and the `window - 1` before it, NaN where there are fewer."""
    means = np.full(values.shape, np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(values, window, axis=0)
    means[window - 1 :] = windows.mean(axis=-1)
    return means
