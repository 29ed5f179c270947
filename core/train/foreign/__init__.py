"""Predictions that were made elsewhere, judged beside what the table alone would have predicted, and saved."""

from core.train.foreign.judge import check, judge_and_record
from core.train.foreign.judged import Judged
from core.train.foreign.saved import delete_evaluation, list_evaluations, load_evaluation

__all__ = ["Judged", "check", "delete_evaluation", "judge_and_record", "list_evaluations", "load_evaluation"]
