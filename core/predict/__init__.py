"""Stage 7: one headline, or a file of them, and a run: predictions, reasons and precedents."""

from core.predict.batch import Scored, score_table
from core.predict.live import Prediction, encode_headline, predict_headline
from core.predict.precedents import Precedent, precedents

__all__ = [
    "Precedent",
    "Prediction",
    "Scored",
    "encode_headline",
    "precedents",
    "predict_headline",
    "score_table",
]
