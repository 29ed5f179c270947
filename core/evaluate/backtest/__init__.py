"""What a portfolio that follows the predictions would have earned, trading day by trading day.

`positions` are shares of the capital by company and day, a `book` is what they earned after costs, `statistics` what
that amounts to with intervals, `market` what is sold against it; `pipeline` puts them together, `answer` into words.
"""

from core.evaluate.backtest.answer import answer, caveats, neutral_answer
from core.evaluate.backtest.pipeline import Backtest, Rules, backtest

__all__ = ["Backtest", "Rules", "answer", "backtest", "caveats", "neutral_answer"]
