import json

import numpy as np

from core.evaluate import evaluate
from core.evaluate.arms import ARMS, arms_sentence
from core.evaluate.lift import Lift
from tests.makers.predictions import made_up


def test_every_arm_that_was_predicted_is_scored():
    predictions, data, settings = made_up("classify")
    outcome = predictions.outcome
    sure = np.column_stack([1 - outcome, outcome]) * 0.8 + 0.1
    blind = np.full((len(predictions), 2), 0.5)
    table = predictions.replace(fusion=sure, table_only=blind)
    lift = evaluate(table, data, settings, arms=("fusion", "table_only")).lift
    arms = dict(lift.arms)
    assert lift.arm == "fusion"
    assert list(arms) == list(ARMS)
    assert (arms["fusion"], arms["table"]) == (lift.with_text, lift.without_text) == (1, 0.5)
    assert 0.5 < arms["all"] < 1
    without = evaluate(predictions.replace(table_only=blind), data, settings).lift
    assert (without.arm, list(dict(without.arms))) == ("all", ["table", "all"])


def test_arms_survive_json_and_an_earlier_lift_has_none():
    lift = Lift("auc", 0.1, 0.0, 0.2, arm="fusion", arms=(("table", 0.5), ("fusion", float("nan"))))
    plain = json.loads(json.dumps(lift.as_dict(), allow_nan=False))
    assert plain["arms"] == {"table": 0.5, "fusion": None}
    assert np.isnan(dict(Lift.from_dict(plain).arms)["fusion"])
    del plain["arm"], plain["arms"]
    earlier = Lift.from_dict(plain)
    assert (earlier.arm, earlier.arms) == ("all", ())


def test_the_sentence_names_the_score_of_each_arm():
    arms = {"table": 0.61, "all": 0.58, "fusion": 0.65}
    said = str(arms_sentence("auc", arms, "fusion"))
    assert all(number in said for number in ("0.61", "0.58", "0.65"))
    assert "that of the fusion" in said
    assert "one model of all columns." in str(arms_sentence("auc", arms, "all"))
    assert "too few rows before them" in str(arms_sentence("auc", {"table": 0.6, "all": 0.6}, "all"))
    assert arms_sentence("auc", {"all": 0.6}, "all") is None
