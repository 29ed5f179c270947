import pytest

from core.compare.run_check import _check_message
from core.errors import Message, UserError
from core.evaluate.leakage_text import sentence
from core.evaluate.metrics import METRICS
from core.train.models.registry import MODELS
from core.train.prepared import shipped_run, shipped_staircase


def test_every_sentence_of_ours_is_known():
    for warning in shipped_run().warnings:
        _check_message(warning)
    for step in shipped_staircase():
        _check_message(sentence(step))
    for kind in MODELS.values():
        _check_message(Message(kind.entry.title))  # in Korean the same word
    for metric in METRICS.values():
        _check_message(Message(metric.title))


@pytest.mark.parametrize(
    "message",
    [
        Message("![x](http://evil.example)"),
        Message("{a:>999999999}", {"a": "x"}),
    ],
)
def test_a_sentence_that_is_none_of_ours_is_refused(message):
    with pytest.raises(UserError, match="does not know"):
        _check_message(message)


def test_a_sentence_hidden_among_the_parameters_is_refused():
    known = next(said for said in map(sentence, shipped_staircase()) if said.params)
    name = next(iter(known.params))
    with pytest.raises(UserError, match="does not know"):
        _check_message(Message(known.template, dict(known.params) | {name: Message("<img src=x>")}))
