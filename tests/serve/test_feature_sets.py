"""Other programs ask a run of the table alone, where no encoder is."""

from core.predict import Question
from core.serve.answers import Answerer
from core.serve.server import lanes_of
from core.train.runs import load_run


def test_a_run_of_the_table_answers_by_the_numbers_alone(table_lab):
    answerer = Answerer.of(load_run(table_lab.run))
    assert lanes_of(answerer) >= 1
    low, same, high = answerer.answer(
        [
            Question("삼성전자 급등", features={"RSI": -2.0}),
            Question("삼성전자 급락", features={"RSI": -2.0}),
            Question("삼성전자 급등", features={"RSI": 2.0}),
        ]
    )
    assert low.predictions == same.predictions != high.predictions
    assert "headline" not in {group for group, _value in low.groups}
    assert not {"no_precedent", "cut"} & {warning.code for warning in low.warnings}
