"""Scoring a file of headlines on the predict page."""

from core.ui.predict.file.section import score_file

__all__ = ["score_file"]
