"""Stage 7: one headline, or a file of them, and a run: predictions, reasons and precedents."""

from core.predict.background import Background, background
from core.predict.batch import Scored, score_table
from core.predict.flips import Flip, flips
from core.predict.live import Prediction, opposite_news, predict_headline, unread_part
from core.predict.opposites import Opposite, opposite
from core.predict.precedents import Precedent, Precedents, precedents
from core.predict.question import Question, inputs_of, predict_questions
from core.predict.ranges import Range
from core.predict.reading import Reading, reading
from core.predict.standing import Standing, predictions_of_test, standing

__all__ = [
    "Background",
    "Flip",
    "Opposite",
    "Precedent",
    "Precedents",
    "Prediction",
    "Question",
    "Range",
    "Reading",
    "Scored",
    "Standing",
    "background",
    "flips",
    "inputs_of",
    "opposite",
    "opposite_news",
    "precedents",
    "predict_headline",
    "predict_questions",
    "predictions_of_test",
    "reading",
    "score_table",
    "standing",
    "unread_part",
]
