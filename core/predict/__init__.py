"""Stage 7: one headline, or a file of them, and a run: predictions, reasons and precedents."""

from core.predict.background import Background, background
from core.predict.finance_words.flips import Flip, flips
from core.predict.finance_words.opposites import Opposite, opposite
from core.predict.finance_words.reading import Reading, reading
from core.predict.interval import Intervals
from core.predict.live import Prediction, opposite_news, predict_headline, unread_part
from core.predict.precedents import Precedent, Precedents, precedents
from core.predict.question import Question, inputs_of, predict_questions, session_at
from core.predict.scoring.batch import Scored, score_table
from core.predict.scoring.cautions import Caution, Cautions, cautions_of, cautions_of_each, row_cautions
from core.predict.scoring.known import Known
from core.predict.scoring.ranges import Range
from core.predict.scoring.saved import Kept, all_kept, forget_scored, keep_scored, load_scored
from core.predict.standing import Standing, predictions_of_test, standing

__all__ = [
    "Background",
    "Caution",
    "Cautions",
    "Flip",
    "Intervals",
    "Kept",
    "Known",
    "Opposite",
    "Precedent",
    "Precedents",
    "Prediction",
    "Question",
    "Range",
    "Reading",
    "Scored",
    "Standing",
    "all_kept",
    "background",
    "cautions_of",
    "cautions_of_each",
    "flips",
    "forget_scored",
    "inputs_of",
    "keep_scored",
    "load_scored",
    "opposite",
    "opposite_news",
    "precedents",
    "predict_headline",
    "predict_questions",
    "predictions_of_test",
    "reading",
    "row_cautions",
    "score_table",
    "session_at",
    "standing",
    "unread_part",
]
