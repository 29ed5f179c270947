"""`headline-lab purity`: neighbours with the same label."""

import pytest

from core.cli.main import main
from tests.makers.shell import SCORE, in_json
from tests.makers.tiny_encoders import CORPUS, save_wordpiece


@pytest.fixture
def encoder(tmp_path):
    return str(save_wordpiece(tmp_path / "tiny"))


def test_purity_and_silhouette_have_intervals(home, tmp_path, encoder, capsys):
    file = tmp_path / "labels.csv"
    rows = (
        f"{CORPUS[n % len(CORPUS)]} 서로 다른 {n * 7919} 소식\t{('부정', '긍정')[n % 2]}\n" for n in range(60)
    )
    file.write_text("문장\t감성\n" + "".join(rows), encoding="utf-8")
    wanted = ("--headline", "문장", "--target", "감성", "--encoder", encoder, "--pooling", "mean")
    status, found = in_json(capsys, "purity", file, *wanted)
    assert status == 0
    for name in ("purity", "gap", "silhouette"):
        assert set(found[name]) == SCORE
    assert found["neighbours"] == 10
    assert sorted(found["classes"]) == ["긍정", "부정"]
    assert found["texts"] + found["left_out"] == 60


def test_a_file_without_labels_is_said(home, tmp_path, encoder, capsys):
    file = tmp_path / "bare.csv"
    file.write_text("제목\n" + "".join(f"서로 다른 제목 {n}\n" for n in range(40)), encoding="utf-8")
    assert main(["purity", str(file), "--headline", "제목", "--encoder", encoder]) == 1
    assert "no column of labels" in capsys.readouterr().err
