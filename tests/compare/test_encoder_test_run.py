"""Encoder tests on a file: which kind it is, what is kept, and what is not made anew."""

import numpy as np
import pytest

from core.compare import encoder_test_run
from core.compare.encoder_test_run import LABELS, PAIRS, forget_tests, kind_of, run_tests, saved_tests
from core.data.ingest import Choices
from core.errors import UserError
from tests.makers.tiny_encoders import CORPUS, save_wordpiece

PAIR_FILE = "sentence1,sentence2,score\n삼성전자 급등,삼성전자 상승,4\n카카오 급락,네이버 급등,1\n환율 하락,환율 상승,2\n코스피 마감,코스피 장중,3\n"
LABEL_FILE = "문장\t감성\n" + "".join(
    f"{CORPUS[number % len(CORPUS)]} 서로 다른 {number * 7919} 소식\t{('부정', '긍정')[number % 2]}\n"
    for number in range(60)
)
COLUMNS = Choices({"headline": "문장", "target": "감성"}, numeric=())


@pytest.fixture
def encoder(tmp_path):
    return str(save_wordpiece(tmp_path / "tiny"))


def test_a_file_is_known_by_its_columns():
    assert kind_of(PAIR_FILE.encode()) == PAIRS
    assert kind_of(LABEL_FILE.encode()) == LABELS


@pytest.mark.slow
def test_pairs_are_scored_by_both_correlations(home, encoder):
    (found,) = run_tests("pairs.csv", PAIR_FILE.encode(), [(encoder, "mean")])
    assert (found.kind, found.n, set(found.scores)) == (PAIRS, 4, {"pearson", "spearman"})
    assert np.isnan(found.chance)
    assert saved_tests()[0].scores == found.scores


def test_labels_are_scored_for_each_pooling_and_kept(home, encoder, monkeypatch):
    spaces = [(encoder, pooling) for pooling in ("mean", "max")]
    found = run_tests("labels.csv", LABEL_FILE.encode(), spaces, COLUMNS)
    assert [test.pooling for test in found] == ["mean", "max"]
    assert set(found[0].classes) == {"긍정", "부정"}
    assert {test.digest for test in saved_tests()} == {found[0].digest}

    def never(*_arguments):
        raise AssertionError("measured again")

    monkeypatch.setattr(encoder_test_run, "places", never)
    assert run_tests("labels.csv", LABEL_FILE.encode(), spaces, COLUMNS) == found
    forget_tests(found[0].digest)
    assert saved_tests() == []


def test_a_damaged_file_is_measured_again(home, encoder):
    (found,) = run_tests("pairs.csv", PAIR_FILE.encode(), [(encoder, "mean")])
    (path,) = (home / "encoder_tests").iterdir()
    path.write_text('{"scores": 3}', encoding="utf-8")
    assert saved_tests() == []
    (again,) = run_tests("pairs.csv", PAIR_FILE.encode(), [(encoder, "mean")])
    assert again.scores == found.scores


def test_an_encoder_that_is_not_there_is_said(home):
    with pytest.raises(UserError, match="does not exist on this machine"):
        run_tests("pairs.csv", PAIR_FILE.encode(), [("/no/such/encoder", "mean")])


def test_a_file_without_labels_is_said(home, encoder):
    content = "제목\n" + "".join(f"서로 다른 제목 {number}\n" for number in range(40))
    with pytest.raises(UserError, match="no column of labels"):
        run_tests(
            "bare.csv", content.encode(), [(encoder, "mean")], Choices({"headline": "제목"}, numeric=())
        )
