import csv
import io
import itertools

import numpy as np
import pandas as pd
import pytest

from core import maps
from core.maps import MapSettings, Topics, project
from core.maps.projection import FEWEST
from tests.makers.shell import in_json
from tests.makers.tiny_encoders import CORPUS, save_wordpiece

KEYS = ["method", "dim", "rows", "distinct", "trustworthiness", "neighbours_kept", "seconds", "clusters"]
ROWS = 30


@pytest.fixture(scope="module")
def encoder(tmp_path_factory):
    return save_wordpiece(tmp_path_factory.mktemp("encoder") / "tiny")


def headlines(path, count=ROWS, repeated=3):
    """Write a table of different headlines, the first ones once more at its end."""
    texts = [" ".join(three) for three in itertools.permutations(CORPUS, 3)][:count]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["제목"], *([text] for text in [*texts, *texts[:repeated]])])
    return path


def mapped(capsys, folder, encoder, *arguments, **table):
    """Run the command; return its status, what it printed, and the rows of its file."""
    out = folder / "coordinates.csv"
    file = headlines(folder / "news.csv", **table)
    status, found = in_json(capsys, "map", file, "--encoder", encoder, "--out", out, *arguments)
    text = out.read_text(encoding="utf-8-sig") if out.exists() else ""
    return status, found, list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(("method", "dim"), [("pca", 2), ("pca", 3), ("tsne", 2)])
def test_it_writes_coordinates_for_each_row_of_the_file(home, capsys, tmp_path, encoder, method, dim):
    status, found, rows = mapped(capsys, tmp_path, encoder, "--method", method, "--dim", dim)
    assert status == 0
    assert list(found) == KEYS
    assert (found["method"], found["dim"], found["rows"], found["distinct"]) == (method, dim, ROWS + 3, ROWS)
    assert list(rows[0]) == ["row", *"xyz"[:dim], "cluster"]
    assert [int(row["row"]) for row in rows] == list(range(1, ROWS + 4))
    places = np.array([[float(row[axis]) for axis in "xyz"[:dim]] for row in rows])
    np.testing.assert_array_equal(places[-3:], places[:3])
    assert len(np.unique(places, axis=0)) == ROWS
    assert 0 < found["neighbours_kept"] <= 1
    assert 0.5 < found["trustworthiness"] <= 1
    assert found["seconds"] > 0


def test_where_there_are_no_clusters_their_list_is_empty_and_every_row_is_in_none(
    home, capsys, tmp_path, encoder
):
    _status, found, rows = mapped(capsys, tmp_path, encoder)
    assert found["clusters"] == []
    assert {row["cluster"] for row in rows} == {"-1"}


def test_clusters_have_their_size_and_keywords(home, capsys, tmp_path, encoder, monkeypatch):
    topic = np.arange(ROWS + 3) % 2
    topics = Topics(topic, (("반도체", "수출"), ()), ((0,), (1,)), 0.9)
    monkeypatch.setattr(maps, "topics_of", lambda *args, **options: topics)
    _status, found, rows = mapped(capsys, tmp_path, encoder)
    assert [int(row["cluster"]) for row in rows] == topic.tolist()
    assert [set(cluster) for cluster in found["clusters"]] == [
        {"id", "size", "keywords", "value", "low", "high"}
    ] * 2
    assert [(c["id"], c["size"], c["keywords"]) for c in found["clusters"]] == [
        (0, 17, ["반도체", "수출"]),
        (1, 16, []),
    ]


def test_clusters_have_their_mean_outcome_with_its_interval(home, capsys, tmp_path, encoder, monkeypatch):
    topic = np.arange(ROWS) % 2
    monkeypatch.setattr(
        maps, "topics_of", lambda *args, **options: Topics(topic, (("가",), ("나",)), ((0,), (1,)), 0.9)
    )
    file, returns = tmp_path / "news.csv", np.round(np.random.default_rng(0).normal(0, 0.02, ROWS), 4)
    texts = [" ".join(three) for three in itertools.permutations(CORPUS, 3)][:ROWS]
    days = pd.bdate_range("2023-10-10", periods=ROWS).strftime("%Y-%m-%d")
    table = pd.DataFrame({"제목": texts, "일자": days, "익일수익률": returns})
    table.to_csv(file, index=False)
    arguments = ["map", file, "--encoder", encoder, "--out", tmp_path / "map.csv"]
    status, found = in_json(capsys, *arguments)
    assert status == 0
    for number, cluster in enumerate(found["clusters"]):
        assert cluster["value"] == pytest.approx(returns[topic == number].mean())
        assert cluster["low"] < cluster["value"] < cluster["high"]


def test_its_settings_are_those_of_the_map(home, capsys, tmp_path, encoder, monkeypatch):
    given = []

    def laid_out(vectors, settings, report):
        given.append(settings)
        return project(vectors, MapSettings())

    monkeypatch.setattr(maps, "coordinates", laid_out)
    arguments = "--method umap --neighbours 7 --min-dist 0.5 --perplexity 9 --seed 3 --metric manhattan"
    status, _found, _rows = mapped(capsys, tmp_path, encoder, *arguments.split())
    assert status == 0
    assert given == [MapSettings("umap", 7, 0.5, 9.0, 3, 2, "manhattan")]


@pytest.mark.parametrize(
    ("arguments", "table", "sentence"),
    [
        (["--neighbours", "1"], {}, "neighbours is 1; choose a number from 2 to 200"),
        (["--seed", "-1"], {}, "seed is -1"),
        (["--out", "/nowhere/map.csv"], {}, "There is no folder /nowhere to write to"),
        (["--encoder", "no-such-encoder"], {}, "no-such-encoder"),
        ([], {"count": FEWEST - 1}, "at least 5 different headlines; there are 4"),
    ],
)
def test_what_cannot_be_is_said_in_one_sentence(home, capsys, tmp_path, encoder, arguments, table, sentence):
    from core.cli.main import main

    file = headlines(tmp_path / "news.csv", **table)
    out = tmp_path / "coordinates.csv"
    status = main(["map", str(file), "--encoder", str(encoder), "--out", str(out), "--json", *arguments])
    said = capsys.readouterr()
    assert status == 1
    assert said.out == ""
    assert sentence in said.err.splitlines()[-1]
    assert not out.exists()


def test_a_file_that_cannot_be_written_is_said(home, capsys, tmp_path, encoder):
    (tmp_path / "coordinates.csv").mkdir()
    status, _found = in_json(
        capsys,
        "map",
        headlines(tmp_path / "news.csv"),
        "--encoder",
        encoder,
        "--out",
        tmp_path / "coordinates.csv",
    )
    assert status == 1


@pytest.mark.parametrize("arguments", [["--method", "isomap"], ["--dim", "4"], ["--metric", "jaccard"]])
def test_a_word_that_is_none_of_the_choices_ends_with_2(capsys, arguments):
    with pytest.raises(SystemExit) as ended:
        in_json(capsys, "map", "news.csv", "--out", "map.csv", *arguments)
    assert ended.value.code == 2
    assert "invalid choice" in capsys.readouterr().err
