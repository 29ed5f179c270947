"""`headline-lab evaluate`: JSON on standard output, one clear sentence for what is wrong."""

import numpy as np
import pandas as pd
import pytest

from core.data.library import save_dataset
from core.train.models import forest
from tests.makers.foreign_predictions import ROWS, small
from tests.makers.shell import SCORE, in_json


@pytest.fixture
def lab(tmp_path, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("HEADLINE_LAB_LANG", "en")
    monkeypatch.setattr(forest, "TREES", 25)
    data, score = small()
    save_dataset(data)
    path = tmp_path / "scores.csv"
    pd.DataFrame({"row": data.frame["row"], "mine": score}).to_csv(path, index=False)
    return data, path


@pytest.mark.slow
def test_predictions_are_judged_against_a_dataset_of_the_library(lab, capsys):
    data, path = lab
    for looks in (1, 2):
        status, found = in_json(capsys, "evaluate", path, "--dataset", data.id, "--task", "classify")
        assert (status, found["dataset"], found["looks"]) == (0, data.id, looks)
    assert (found["rows"], found["matched"], found["unmatched"]) == (ROWS, ROWS, 0)
    assert set(found["models"]["mine"]["auc"]) == SCORE
    assert found["text_lift"]["verdict"] == "helps"
    assert {"code", "message"} == set(found["warnings"][0])


def test_a_file_may_stand_for_the_dataset_in_any_encoding(lab, tmp_path, capsys):
    data, _path = lab
    frame = data.frame
    table = pd.DataFrame(
        {
            "일자": frame["session"].dt.strftime("%Y-%m-%d"),
            "종목명": frame["company"],
            "제목": [f"{text} 관련 새로운 소식 전해져" for text in frame["headline"]],
            "RSI": frame["feature.x"],
            "익일수익률": frame["target"],
        }
    )
    (tmp_path / "news.csv").write_bytes(table.to_csv(index=False).encode("cp949"))
    mine = table[["일자", "종목명", "제목"]].assign(
        예측=np.sign(table["익일수익률"]) + np.random.default_rng(0).normal(size=ROWS)
    )
    (tmp_path / "mine.csv").write_bytes(mine.to_csv(index=False).encode("cp949"))
    status, found = in_json(
        capsys,
        "evaluate",
        tmp_path / "mine.csv",
        "--dataset",
        tmp_path / "news.csv",
        "--trained-until",
        "2024-01-08",
    )
    assert status == 0
    assert (found["task"], found["matched"], found["matched_by"]) == ("regress", ROWS, "headline")
    assert found["inside_training"] > 0
    assert found["models"]["예측"]["rank_ic"]["low"] > 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--dataset", "0000000000000000"], "There is no dataset 0000000000000000"),
        (["--models", "theirs"], "There is no column theirs in the file"),
        (["--trained-from", "2024-01-01"], "The training period has a first day and no last one"),
        (["--trained-until", "yesterday"], "write a day as YYYY-MM-DD"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(lab, capsys, arguments, said):
    data, path = lab
    from core.cli.main import main

    given = arguments if "--dataset" in arguments else ["--dataset", data.id, *arguments]
    assert main(["evaluate", str(path), *given]) == 1
    err = capsys.readouterr().err.strip().splitlines()
    assert said in err[-1]
