import shutil

import numpy as np
import pandas as pd
import pytest

from core.cli.main import main
from core.data.library import load_dataset
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from tests.makers.shell import in_json


def test_score_writes_a_safe_csv(lab, capsys, tmp_path):
    out = tmp_path / "predictions.csv"
    status, found = in_json(capsys, "score", lab.file, "--run", lab.runs["classify"], "--out", out)
    text = out.read_bytes()
    assert (status, found["scored"]) == (0, 400)
    assert text.startswith(b"\xef\xbb\xbf")
    assert "mean:승" in text.decode("utf-8-sig").splitlines()[0]


def test_an_unknown_run_is_named(home, lab, capsys, tmp_path):
    assert main(["score", str(lab.file), "--run", "../../etc", "--out", str(tmp_path / "x.csv")]) == 1
    assert "../../etc" in capsys.readouterr().err


@pytest.mark.slow
def test_warnings_are_counted_and_a_workbook_is_written(small_lab, tmp_path, capsys):
    data = load_dataset(small_lab.dataset)
    file, out = tmp_path / "table.csv", tmp_path / "predictions.xlsx"
    data.frame[["headline", "press"]].head(9).assign(press="=없던일보").to_csv(file, index=False)
    status, found = in_json(capsys, "score", file, "--run", small_lab.run, "--out", out)
    assert (status, found["scored"]) == (0, 9)
    assert found["warnings"]["unseen_press"] == 9
    table = pd.read_excel(out)
    assert table["row"].tolist() == list(range(1, 10))
    assert table["press"][0] == "'=없던일보"
    assert all("unseen_press" in codes for codes in table["warnings"])


@pytest.mark.slow
def test_sealed_rows_are_refused_in_one_sentence_or_left_out(small_lab, tmp_path, monkeypatch, capsys):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    data = load_dataset(small_lab.dataset)
    rows = Rows.of(data, np.arange(12))
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    file, out = tmp_path / "table.csv", tmp_path / "predictions.csv"
    data.frame[["headline", "time"]].to_csv(file, index=False)
    asked = ["score", str(file), "--run", small_lab.run, "--out", str(out)]
    assert main(asked) == 1
    said = [line for line in capsys.readouterr().err.strip().splitlines() if not line.startswith("0%")]
    assert len(said) == 1
    assert "12" in said[0]
    assert "run-0" in said[0]
    assert not out.exists()
    status, found = in_json(capsys, *asked, "--skip-sealed")
    assert (status, found["sealed"], found["scored"]) == (0, 12, 48)
    assert out.exists()
