from dataclasses import replace

import numpy as np
import pytest

from core.evaluate.headroom import headroom
from core.evaluate.metrics import auc
from tests.makers.predictions import A_DAY, DAYS, made_up

N = DAYS * A_DAY


def told(task="classify", story=None, **settings):
    """Predictions and a dataset, the story of each row being one of forty that return every few days."""
    predictions, data, chosen = made_up(task, **settings)
    story = np.arange(N) % 40 if story is None else story
    return predictions, replace(data, frame=data.frame.assign(story=story)), chosen


def found(predictions, data, settings, rows=None):
    rows = np.arange(len(data)) if rows is None else rows
    return headroom(data, data.outcome(settings.task), rows, settings, predictions, ["mean"])


def test_only_the_rows_asked_for_count():
    late = np.repeat(np.arange(DAYS) >= 0.8 * DAYS, A_DAY)
    predictions, data, settings = told(story=np.arange(N) % 40 + 40 * late)
    everything = found(predictions, data, settings).ceiling
    before = found(predictions, data, settings, np.flatnonzero(~late)).ceiling
    assert everything.pairs > before.pairs > 0
    assert before.sessions <= 0.8 * DAYS
    assert before.of == (~late).sum()


def test_a_models_score_is_of_the_rows_whose_headline_returned():
    returned = np.arange(N) % 3 > 0
    story = np.where(returned, np.arange(N) % 40, 1000 + np.arange(N))
    predictions, data, settings = told(story=story)
    made = found(predictions, data, settings)
    assert made.metric == "auc"
    assert made.ceiling.rows == returned.sum()
    once = returned & ~data.frame.assign(event=data.event).duplicated(["story", "event"]).to_numpy()
    assert made.tested == once.sum()
    p, y = predictions["mean"], predictions.outcome
    expected = auc(y[once], p[once], np.ones((1, once.sum())))[0]
    assert made.scores["mean"].value == pytest.approx(expected)
    assert made.scores["mean"].low < expected < made.scores["mean"].high


@pytest.mark.parametrize("tested", [np.arange(N) < 3 * A_DAY, np.arange(N) % 40 < 20])
def test_too_few_tested_rows_leave_the_ceiling_alone(tested):
    predictions, data, settings = told()
    made = found(predictions.where(tested), data, settings)
    assert made.ceiling.best
    assert made.scores == {}
    assert 0 < made.tested <= tested.sum()


def test_without_a_ceiling_there_is_nothing_to_hold_against_it():
    predictions, data, settings = told(story=np.arange(N))
    made = found(predictions, data, settings)
    assert (made.ceiling.best, made.scores, made.tested) == ({}, {}, 0)
