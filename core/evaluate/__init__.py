"""Stage 4: a table of out-of-sample predictions and its dataset to scores, lift, leakage, backtest and ledger.

This stage never trains and never reaches into training: whatever makes such a table can be judged.
"""

from core.evaluate.pipeline import Evaluation, evaluate
from core.evaluate.predictions import Predictions
from core.evaluate.settings import EvaluateSettings

__all__ = ["EvaluateSettings", "Evaluation", "Predictions", "evaluate"]
