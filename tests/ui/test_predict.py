"""The predict page: what is typed, and what it says of it."""

import shutil

import numpy as np
import pytest

from core.data.library import load_dataset
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.locale import P_, translate
from tests.makers.apps import open_page, texts

LEFT_OUT = P_("{n:,} row of a sealed holdout is left out.", "{n:,} rows of a sealed holdout are left out.")


@pytest.mark.slow
def test_an_emptied_feature_counts_as_missing(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    app.number_input[0].set_value(None).run()
    assert not app.exception
    assert app.number_input[0].value is None
    assert any("앙상블이 본" in subheader.value for subheader in app.subheader)


def test_a_typed_headline_is_predicted_live(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    before = [metric.value for metric in app.metric]
    app.text_input[0].set_value("가온전자, 대규모 수주에 급등").run()
    assert not app.exception
    assert [metric.value for metric in app.metric] != before
    assert any("앙상블이 본" in subheader.value for subheader in app.subheader)


@pytest.mark.slow
def test_an_empty_headline_gets_one_sentence(small_lab):
    app = open_page("predict", "ko", **small_lab.link)
    app.text_input[0].set_value("  ").run()
    assert [error.value for error in app.error] == ["제목이 비어 있습니다. 제목을 입력하십시오."]


@pytest.mark.slow
def test_a_sealed_headline_is_neither_offered_nor_predicted(small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    data = load_dataset(small_lab.dataset)
    rows = Rows.of(data, np.arange(48, 60))
    (home / "ledger" / "looks.jsonl").unlink()  # the run has scored these rows
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    app = open_page("predict", "ko", **small_lab.link)
    assert not app.exception
    assert app.text_input[0].value == data.headlines[47]
    assert translate(LEFT_OUT, "ko", {"n": 12}) in texts(app)
    app.text_input[0].set_value(f"[속보] {data.headlines[50]}.").run()
    assert not app.exception
    (warning,) = [warning.value for warning in app.warning]
    assert "run-0" in warning.replace("\\", "")
    assert not app.metric
