import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from core.cli.main import main
from core.embed import embed
from core.embed.runtime import precision
from core.embed.sts import read_pairs, sts
from core.errors import UserError
from tests.makers.tiny_encoders import CORPUS, save_wordpiece


@pytest.fixture(autouse=True)
def _float32(monkeypatch):
    monkeypatch.setattr(precision, "native_halves", lambda device: ())


@pytest.fixture
def tiny(home, tmp_path):
    return str(save_wordpiece(tmp_path / "tiny", pooling="cls"))


@pytest.fixture
def pairs():
    one = [CORPUS[i % 5] for i in range(12)]
    other = [f"{CORPUS[(i * 2) % 5]} 마감 {i}" for i in range(12)]
    return pd.DataFrame({"sentence1": one, "sentence2": other, "score": np.arange(12) % 5 + 0.5})


def cosines(pairs, name, pooling):
    columns = (pairs["sentence1"].tolist(), pairs["sentence2"].tolist())
    one, other = (embed(texts, name, pooling).vectors.astype(np.float64) for texts in columns)
    return (one * other).sum(1) / np.linalg.norm(one, axis=1) / np.linalg.norm(other, axis=1)


@pytest.mark.parametrize("pooling", ["cls", "mean", "max"])
def test_the_correlations_are_those_of_the_cosines_and_the_scores(tiny, pairs, pooling):
    expected = cosines(pairs, tiny, pooling)
    result = sts(pairs, tiny, pooling)
    assert result.pairs == 12
    assert result.pearson == pytest.approx(np.corrcoef(expected, pairs["score"])[0, 1], abs=1e-5)
    assert result.spearman == pytest.approx(stats.spearmanr(expected, pairs["score"])[0], abs=1e-6)
    assert (result.encoder, str(result.pooling), result.skipped) == (tiny, pooling, 0)


def test_intervals_lie_around_the_correlations_as_fisher_has_it(tiny, pairs):
    result = sts(pairs, tiny)
    theirs = stats.pearsonr(cosines(pairs, tiny, "mean"), pairs["score"]).confidence_interval(0.95)
    assert result.pearson_interval == pytest.approx(tuple(theirs), abs=1e-4)
    assert result.spearman_interval[0] < result.spearman < result.spearman_interval[1]


def test_three_pairs_have_an_interval_that_says_nothing(tiny, pairs):
    assert sts(pairs[:3], tiny).pearson_interval == pytest.approx((-1, 1))


def test_the_store_is_used(tiny, pairs):
    sts(pairs, tiny, "mean")
    told = []
    sts(pairs, tiny, "max", lambda *args, **params: told.append(args))
    assert told == []


def test_names_of_columns_are_matched_in_any_case_and_order(tiny, pairs):
    renamed = pairs[["score", "sentence2", "sentence1"]].set_axis(
        ["Score", " SENTENCE2", "Sentence1"], axis=1
    )
    assert sts(renamed, tiny).pearson == sts(pairs, tiny).pearson


def test_missing_sentences_and_unreadable_scores_are_left_out_and_counted(tiny, pairs):
    text = pairs.astype({"score": object})
    text.loc[0, "sentence1"] = None
    text.loc[1, "sentence2"] = "  "
    text.loc[2, "score"] = "높음"
    text.loc[3, "score"] = None
    text.loc[4, "score"] = "∞"
    result = sts(text, tiny)
    assert (result.pairs, result.skipped, result.unreadable) == (7, 5, 1)
    assert result.pearson == pytest.approx(sts(pairs[5:], tiny).pearson)


def test_columns_that_are_missing_are_named(tiny, pairs):
    with pytest.raises(UserError, match=r"no column sentence2, score\..*it has: sentence1, label"):
        sts(pairs.rename(columns={"sentence2": "label"})[["sentence1", "label"]], tiny)


@pytest.mark.parametrize("count", [0, 2])
def test_fewer_than_three_pairs_are_refused(tiny, pairs, count):
    with pytest.raises(UserError, match=f"Only {count} of {count} rows"):
        sts(pairs[:count], tiny)


def test_scores_that_are_all_equal_are_refused_before_any_work(tiny, pairs, home):
    with pytest.raises(UserError, match="Every pair has the score 3"):
        sts(pairs.assign(score="3.0"), tiny)
    assert not (home / "vectors").exists()


def test_cosines_that_are_all_equal_are_said(tiny, pairs):
    with pytest.raises(UserError, match="gives every pair the same cosine"):
        sts(pairs.assign(sentence2=pairs["sentence1"]), tiny)


def test_an_unknown_encoder_is_said(home, pairs):
    with pytest.raises(UserError):
        sts(pairs, "nothing at all")


KORSTS = "genre\tfilename\tyear\tid\tscore\tsentence1\tsentence2\n"
BARE = [
    'main-news\tMSRpar\t2012test\t0001\t4.2\t"광고"와 같게 수행한다고 말했다.\t"매체는 "광고"와 같게 수행합니다. "그는 말했다.',
    "main-news\tMSRpar\t2012test\t0002\t2.5\t\"끝나지 않는 인용\t'그것은 어이없다' 하고 말했다.",
    'main-news\tMSRpar\t2012test\t0003\t0.0\t다우지수가 올랐다."\t"달러화는 내렸다.',
]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp949"])
def test_quotation_marks_of_a_tab_separated_file_swallow_no_rows(end, encoding):
    data = (KORSTS + "\n".join(BARE) + "\n").replace("\n", end).encode(encoding)
    frame = read_pairs(data)
    assert frame["score"].tolist() == ["4.2", "2.5", "0.0"]
    assert frame["sentence1"][1] == '"끝나지 않는 인용'
    assert frame["sentence2"][2] == '"달러화는 내렸다.'
    assert list(frame.columns) == KORSTS.split()


def test_a_tab_separated_file_with_quoted_tabs_is_read_as_such():
    data = 'sentence1\tsentence2\tscore\n"가\t나"\t다\t1\n'.encode()
    assert read_pairs(data)["sentence1"].tolist() == ["가\t나"]


def test_a_broken_line_is_named():
    with pytest.raises(UserError, match="Line 3 has 2 cells"):
        read_pairs("sentence1\tsentence2\tscore\n가\t나\t1\n다\t라\n".encode())


@pytest.mark.parametrize("data", [b"", b"\n\n", "한 줄".encode()])
def test_a_file_without_pairs_is_said(data):
    with pytest.raises(UserError):
        read_pairs(data)


@pytest.mark.parametrize("form", ["csv", "xlsx", "parquet", "json"])
def test_every_format_gives_the_same_pairs(tmp_path, pairs, form):
    path = tmp_path / f"pairs.{form}"
    write = {"csv": "to_csv", "xlsx": "to_excel", "parquet": "to_parquet", "json": "to_json"}[form]
    getattr(pairs, write)(path, **({"orient": "records"} if form == "json" else {"index": False}))
    read = read_pairs(path.read_bytes())
    assert read["sentence1"].tolist() == pairs["sentence1"].tolist()
    assert read["score"].astype(float).tolist() == pairs["score"].tolist()


def test_the_shell_prints_what_the_function_finds(tiny, pairs, tmp_path, capsys):
    file = tmp_path / "pairs.tsv"
    pairs.to_csv(file, sep="\t", index=False)
    assert main(["sts", str(file), "--encoder", tiny, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    expected = sts(pairs, tiny, "cls")
    assert list(found) == ["pairs", "pearson", "spearman", "encoder", "pooling", "skipped", "seconds"]
    assert (found["pairs"], found["pooling"], found["encoder"]) == (12, "cls", tiny)
    assert (found["pearson"], found["spearman"]) == pytest.approx((expected.pearson, expected.spearman))


@pytest.mark.parametrize("pooling", ["cls", "mean", "max"])
def test_the_shell_takes_a_pooling(tiny, pairs, tmp_path, capsys, pooling):
    file = tmp_path / "pairs.csv"
    pairs.to_csv(file, index=False)
    assert main(["sts", str(file), "--encoder", tiny, "--pooling", pooling, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["pearson"] == pytest.approx(sts(pairs, tiny, pooling).pearson)


def test_a_fault_is_one_line_on_standard_error(tiny, tmp_path, capsys):
    file = tmp_path / "pairs.csv"
    file.write_text("a,b,c\n1,2,3\n")
    assert main(["sts", str(file), "--encoder", tiny, "--json"]) == 1
    streams = capsys.readouterr()
    assert streams.out == ""
    assert len(streams.err.strip().splitlines()) == 1


def test_the_sentences_stay_where_they_are(tiny, pairs):
    before = pairs.copy()
    sts(pairs, tiny)
    pd.testing.assert_frame_equal(pairs, before)


def test_a_file_larger_than_the_limit_is_refused(monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_MAX_UPLOAD_MB", "1")
    with pytest.raises(UserError, match="up to 1 MB"):
        read_pairs(KORSTS.encode() + b"x\t" * 2**20)
