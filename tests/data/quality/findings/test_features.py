"""Findings: features."""

import numpy as np

from core.data.quality import quality_report
from tests.makers.quality_tables import balanced, found_in


def test_constant_empty_and_missing_features_are_found_and_can_be_left_out():
    some = np.where(np.arange(120) < 10, np.nan, np.arange(120))
    most = np.where(np.arange(120) < 80, np.nan, np.arange(120))
    features = {"one": [3.0] * 120, "none": [np.nan] * 120, "some": some, "most": most}
    data, plan = balanced(features=features)
    found = found_in(data, plan)
    for name in ("constant_feature:one", "empty_feature:none", "missing_feature:most"):
        assert found[name].level == "warning"
        assert found[name].action.plan == plan.without_feature(name.split(":")[1])
    assert (found["missing_feature:some"].level, found["missing_feature:some"].rows) == (
        "info",
        tuple(range(1, 11)),
    )


def test_a_feature_in_disguise_is_serious_and_can_be_left_out():
    target = np.random.default_rng(0).normal(0, 0.02, 120)
    data, plan = balanced(target=target.tolist(), features={"가격": target * 2 + 1})
    finding = found_in(data, plan)["disguised_target:가격"]
    assert finding.level == "serious"
    assert finding.action.plan.roles.numeric == ()


def test_columns_are_described_by_kind():
    data, plan = balanced(features={"RSI": np.r_[np.nan, np.arange(119.0)]}, press=["가"] * 60 + [None] * 60)
    columns = quality_report(data, plan).columns.set_index("kind")
    assert columns.loc["press", "missing"] == 60
    assert columns.loc["feature", ["column", "missing", "lowest", "highest"]].tolist() == [
        "RSI",
        1,
        0.0,
        118.0,
    ]
