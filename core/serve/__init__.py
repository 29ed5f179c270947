"""Predictions for other programs: a run, asked over HTTP."""

from core.serve.answers import Answer, Answerer, EncoderGone, Sealed
from core.serve.app import make_app
from core.serve.batching import Batcher, Busy
from core.serve.gate import Gate
from core.serve.server import listen, serve

__all__ = [
    "Answer",
    "Answerer",
    "Batcher",
    "Busy",
    "EncoderGone",
    "Gate",
    "Sealed",
    "listen",
    "make_app",
    "serve",
]
