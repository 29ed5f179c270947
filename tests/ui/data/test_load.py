"""The data page from an upload to a dataset."""

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data import ingest
from core.data.library import load_dataset
from core.data.sessions import sessions_around

ROOT = Path(__file__).parents[3]
NEWS = "일시,제목,언론사,종목\n" + "".join(
    f"2024-01-{2 + i % 4:02} 10:00,가온전자 {i}번째 대규모 수주 소식에 강세,가일보,{['가온', '나라'][i % 2]}\n"
    for i in range(40)
)
TABLE = "날짜,종목,RSI,익일수익률\n" + "".join(
    f"2024-01-{2 + day:02},{company},{40 + day},{day / 100 - 0.015:.3f}\n"
    for day in range(4)
    for company in ("가온", "나라")
)


@pytest.fixture
def page(home):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["language"] = "en"
    return app.run().switch_page("pages/1_data.py").run()


def _upload(app, *files):
    for number, (name, content) in enumerate(files):
        app.file_uploader[number].set_value((name, content.encode(), "text/csv"))
        app.run()
        assert not app.exception
    return app


def _press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception
    return app


def _chosen(app):
    return load_dataset(app.query_params["dataset"])


def _fields(app):
    return {box.label: box.value for box in app.selectbox}


@pytest.fixture
def joins(monkeypatch):
    """The joins that were computed, one item each."""
    made = []
    join = ingest.join_tables
    monkeypatch.setattr(ingest, "join_tables", lambda *given: made.append(given) or join(*given))
    return made


def test_one_file_becomes_a_dataset(page):
    _upload(page, ("작은.csv", NEWS.replace("제목", "Title")))
    fields = _fields(page)
    assert (fields["Headline"], fields["Press outlet"], fields["Company"]) == ("Title", "언론사", "종목")
    _press(page, "Use this table")
    data = _chosen(page)
    assert (data.name, len(data), data.target_kind) == ("작은.csv", 40, "")


@pytest.mark.slow
def test_two_files_are_joined_once_over_all_reruns(page, joins):
    _upload(page, ("news.csv", NEWS), ("table.csv", TABLE))
    assert any("40 of 40 rows found a partner" in caption.value for caption in page.caption)
    for _again in range(3):
        page.run()
    page.text_input[0].set_value("XNYS").run()
    page.text_input[0].set_value("XKRX").run()
    assert len(joins) == 1
    _press(page, "Use this table")
    assert len(joins) == 1
    data = _chosen(page)
    assert (data.roles.numeric, data.roles.target) == (("RSI",), "익일수익률")
    assert (data.plan.join.how, data.frame["row_2"].min()) == ("exact", 1)


def test_another_way_to_join_is_computed_and_going_on_with_it_is_not(page, joins):
    _upload(page, ("news.csv", NEWS), ("table.csv", TABLE))
    page.button_group(key="join-how").set_value("asof").run()
    assert not page.exception
    assert len(joins) == 2
    page.run()
    _press(page, "Use this table")
    assert len(joins) == 2
    assert _chosen(page).plan.join.how == "asof"


def test_a_join_that_is_impossible_says_why_and_is_tried_once(page, joins):
    twice = TABLE + TABLE.splitlines()[1].replace("40", "41") + "\n"
    _upload(page, ("news.csv", NEWS), ("table.csv", twice))
    for _again in range(2):
        page.run()
        assert any("different rows for" in error.value for error in page.error)
    assert len(joins) == 1


def test_a_file_that_cannot_be_read_gets_one_sentence(page):
    _upload(page, ("x.pdf", "%PDF-1.4 ..."))
    assert any("PDF" in error.value for error in page.error)
    assert "dataset" not in page.query_params


@pytest.mark.slow
def test_a_plan_is_taken_up_again_from_the_saved_files(page, joins):
    _press(_upload(page, ("news.csv", NEWS), ("table.csv", TABLE)), "Use this table")
    first = page.query_params["dataset"]
    _press(page, "Change roles, target or cleaning")
    page.multiselect[0].unselect("RSI")
    _press(page, "Use this table")
    assert page.query_params["dataset"] != first
    assert _chosen(page).roles.numeric == ()
    assert len(joins) == 2


def _overlapping(header, h, sessions=200):
    days = sessions_around(np.array(["2024-01-02"], "datetime64[s]")).days
    start = int(np.searchsorted(days, np.datetime64("2023-01-02")))
    level = np.random.default_rng(0).normal(0, 0.01, sessions + h).cumsum()
    returns = (level[h:] - level[:-h])[:sessions]
    return f"일자,제목,{header}\n" + "".join(
        f"{str(day)[:10]},가온전자 {i}번째 대규모 수주 소식에 강세,{r:.5f}\n"
        for i, (day, r) in enumerate(zip(days[start : start + sessions], returns, strict=True))
    )


def test_the_horizon_of_the_header_is_the_plans_default(page):
    _upload(page, ("작은.csv", _overlapping("5일수익률", 5)))
    assert page.number_input[0].value == 5
    assert any("5일수익률 speaks of 5 sessions." in caption.value for caption in page.caption)
    _press(page, "Use this table")
    assert _chosen(page).plan.target.horizon == 5


def test_where_header_and_outcomes_disagree_the_page_asks_and_the_report_warns_of_the_choice(page):
    _upload(page, ("작은.csv", _overlapping("익일수익률", 10)))
    assert any("Which is right?" in warning.value for warning in page.warning)
    _press(page, "Use this table")
    assert any("outcomes look as if they overlapped" in text.value for text in page.markdown)
    _press(page, "Set the horizon to that")
    assert _chosen(page).plan.target.horizon > 5


def test_headlines_with_a_date_alone_can_be_placed_in_the_next_session(page):
    _upload(page, ("작은.csv", NEWS.replace(" 10:00", "")))
    box = next(b for b in page.selectbox if b.label == "Headlines with a date alone belong to")
    assert box.value == "same"
    box.set_value("next")
    _press(page, "Use this table")
    data = _chosen(page)
    assert data.plan.exchange.untimed == "next"
    assert (data.frame["session"] > data.frame["time"]).all()
