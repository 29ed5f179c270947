"""The settings of a training: what is offered first, and what is not offered at all."""

import pytest
from streamlit.testing.v1 import AppTest


def _form(horizon):
    from dataclasses import replace

    from core.data.plan import Plan, TargetRule
    from core.ui.train.form import settings_form
    from tests.makers.train_tables import signal

    data = signal()[0]
    settings_form(replace(data, plan=Plan(data.roles, target=TargetRule(horizon=horizon))))


@pytest.mark.slow
@pytest.mark.parametrize("horizon", [1, 5])
def test_the_horizon_begins_at_that_of_the_table_and_goes_no_lower(home, horizon):
    app = AppTest.from_function(_form, kwargs={"horizon": horizon}, default_timeout=60)
    app.session_state["language"] = "en"
    app.run()
    assert not app.exception
    assert not app.error
    box = next(box for box in app.number_input if box.label == "Horizon (sessions)")
    assert (box.value, box.min) == (horizon, horizon)
