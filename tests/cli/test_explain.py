"""`headline-lab explain`, on a small run."""

from __future__ import annotations

import shutil

import numpy as np
import pytest

from core.cli.main import main
from core.data.library import load_dataset
from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.maps import Topics
from core.train.runs import load_run
from tests.makers.shell import in_json


@pytest.fixture
def workspace(small_lab, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(small_lab.home))
    return small_lab


def sums(found):
    of_headline = sum(g["contribution"] for g in found["groups"] if g["group"] in ("headline", "text"))
    return of_headline, sum(word["contribution"] for word in found["words"])


def test_a_row_is_explained_down_to_its_words(workspace, capsys):
    status, found = in_json(capsys, "explain", "--run", workspace.run, "--row", 3)
    assert status == 0
    assert found["headline"] == load_dataset(workspace.dataset).headlines[2]
    whole = found["base"] + sum(group["contribution"] for group in found["groups"])
    assert whole == pytest.approx(found["prediction"], abs=1e-6)
    of_headline, of_words = sums(found)
    assert of_words == pytest.approx(of_headline, abs=1e-6)
    for word in found["words"]:
        assert found["headline"][word["start"] : word["end"]] == word["text"]


def test_the_topics_say_what_they_add_and_which_one_the_headline_is_on(workspace, capsys, monkeypatch):
    data = load_dataset(workspace.dataset)
    topic = np.arange(len(data)) % 2
    made = Topics(topic, (("급등", "실적"), ("급락",)), ((0,), (1,)), 0.9)
    monkeypatch.setattr("core.maps.topics_of", lambda *_, **__: made)
    status, found = in_json(capsys, "explain", "--run", workspace.run, "--row", 3)
    assert status == 0
    assert not found["warnings"] or "learned" in found["warnings"][0]["message"]
    assert {one["id"]: one["keywords"] for one in found["topics"]} == {0: ["급등", "실적"], 1: ["급락"]}
    assert [one["of_headline"] for one in found["topics"] if one["id"] == topic[2]] == [True]
    sizes = [abs(one["contribution"]["value"]) for one in found["topics"]]
    assert sizes == sorted(sizes, reverse=True)
    _, typed = in_json(capsys, "explain", "--run", workspace.run, "--text", data.headlines[3])
    (mine,) = [one["id"] for one in typed["topics"] if one["of_headline"]]
    assert mine in (0, 1)


def test_few_headlines_have_no_topics(workspace, capsys):
    _, found = in_json(capsys, "explain", "--run", workspace.run, "--row", 3)
    assert found["topics"] == []


def test_without_its_table_a_run_has_words_and_no_topics(workspace, capsys, monkeypatch):
    def gone(dataset_id):
        raise UserError("The table is gone.")

    monkeypatch.setattr("core.data.library.load_dataset", gone)
    status, found = in_json(capsys, "explain", "--run", workspace.run, "--text", "삼성전자 급등")
    assert status == 0
    assert len(found["words"]) == 2
    assert found["topics"] == []
    assert found["warnings"][-1]["message"] == "The table is gone."


def test_a_row_that_the_models_learned_from_is_said_to_be_one(workspace, capsys):
    tested = set(load_run(workspace.run).predictions.holdout.table["row"])
    learned = next(row for row in range(1, 61) if row not in tested)
    for row, cautions in ((learned, 1), (min(tested), 0)):
        _, found = in_json(capsys, "explain", "--run", workspace.run, "--row", row)
        assert len(found["warnings"]) == cautions


def test_a_typed_headline_is_explained_beside_what_is_given(workspace, capsys):
    asked = ("explain", "--run", workspace.run, "--text", "삼성전자 급등")
    status, bare = in_json(capsys, *asked)
    _, high = in_json(capsys, *asked, "--feature", "RSI=3", "--press", "가나일보")
    assert status == 0
    assert [word["text"] for word in bare["words"]] == ["삼성전자", "급등"]
    contributions = {group["group"]: group["contribution"] for group in high["groups"]}
    assert contributions["RSI"] > 0
    assert high["prediction"] > bare["prediction"]
    assert in_json(capsys, *asked, "--class", bare["class"])[1] == bare


def test_places_are_those_in_the_headline_as_it_is_printed(workspace, capsys):
    import unicodedata

    typed = unicodedata.normalize("NFD", "  삼성전자   <b>급등</b> ")
    _, found = in_json(capsys, "explain", "--run", workspace.run, "--text", typed)
    assert found["headline"] == "삼성전자 급등"
    words = found["words"]
    assert [found["headline"][w["start"] : w["end"]] for w in words] == [w["text"] for w in words]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (("--row", "999"), "999"),
        (("--text", " "), "empty"),
        (("--row", "3", "--press", "가나일보"), "--text"),
        (("--text", "급등", "--feature", "PER=3"), "PER"),
        (("--text", "급등", "--feature", "RSI=x"), "x"),
        (("--text", "급등", "--feature", "RSI"), "RSI"),
        (("--text", "급등", "--class", "중립"), "중립"),
    ],
)
def test_what_cannot_be_explained_is_one_sentence(workspace, capsys, monkeypatch, asked, said):
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert main(["explain", "--run", workspace.run, *asked]) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert said in lines[0]


def test_a_sealed_row_is_not_explained(small_lab, tmp_path, monkeypatch, capsys):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    rows = Rows.of(load_dataset(small_lab.dataset), np.arange(2, 12))
    seal(small_lab.dataset, "run-0", rows, rows.take(np.arange(0)))
    assert main(["explain", "--run", small_lab.run, "--row", "3"]) == 1
    assert "3" in capsys.readouterr().err
    assert main(["explain", "--run", small_lab.run, "--row", "1"]) == 0
