from core.cli.main import main
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
