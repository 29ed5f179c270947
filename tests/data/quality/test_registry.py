"""A finding that is registered stands in the report, on the page and in `check --json` without another edit."""

import json
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.cli.main import main
from core.data.ingest import File, ingest
from core.data.library import load_dataset, save_dataset
from core.data.quality import quality_report
from core.data.quality.finding import LEVELS, Case, Kind, without_feature
from core.data.quality.registry import KINDS

ROOT = Path(__file__).parents[3]
CSV = "일자,제목,RSI,익일수익률\n" + "".join(
    f"2024-01-{2 + i % 4:02},가온전자 {i}번째 대규모 수주 소식에 {'강세!' if i % 2 else '강세'},{40 + i % 7},{(i % 5 - 2) / 100}\n"
    for i in range(20)
)


def _shouted(facts):
    loud = facts.data.frame["headline"].str.endswith("!").to_numpy()
    yield Case({"count": int(loud.sum())}, facts.numbers(loud))


@pytest.fixture
def shouted():
    KINDS.append(
        Kind(
            "shouted_headlines",
            "serious",
            "{count:,} headlines end with an exclamation mark.",
            "Somebody was excited.",
            _shouted,
            lambda plan, case: without_feature(plan, "RSI"),
        )
    )
    yield
    KINDS.pop()


@pytest.fixture
def made(home):
    made = ingest([File("작은.csv", CSV.encode())])
    save_dataset(made.dataset, made.sources)
    return made.dataset


def test_a_new_finding_stands_in_the_report(shouted, made):
    found = {finding.code: finding for finding in quality_report(made, made.plan).findings}
    assert found["shouted_headlines"].rows == tuple(range(2, 21, 2))
    assert str(found["shouted_headlines"].message) == "10 headlines end with an exclamation mark."


def test_a_new_finding_stands_in_the_problems_of_the_command_line(shouted, made, tmp_path, capsys):
    file = tmp_path / "news.csv"
    file.write_text(CSV, encoding="utf-8")
    assert main(["check", str(file), "--json"]) == 0
    problems = {problem["code"]: problem for problem in json.loads(capsys.readouterr().out)["problems"]}
    assert problems["shouted_headlines"]["rows"] == list(range(2, 21, 2))


def test_a_new_finding_stands_on_the_page_and_its_remedy_works(shouted, made):
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    app.session_state["language"] = "en"
    app.query_params["dataset"] = made.id
    app.run().switch_page("pages/1_data.py").run()
    assert any("exclamation mark" in markdown.value for markdown in app.markdown)
    next(button for button in app.button if button.label == "Leave this feature out").click().run()
    assert not app.exception
    assert load_dataset(app.query_params["dataset"]).roles.numeric == ()


def test_every_kind_has_a_code_of_its_own_a_level_and_a_meaning():
    assert len({kind.code for kind in KINDS}) == len(KINDS)
    assert all(kind.level in LEVELS for kind in KINDS)
    assert all(kind.meaning.endswith(".") for kind in KINDS)
