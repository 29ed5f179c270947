import numpy as np

from tests.makers.shell import in_json


def test_encoders_lists_the_bundled_one_as_available(lab, capsys):
    _status, found = in_json(capsys, "encoders")
    assert found[0]["id"] == "multilingual-e5-small"
    assert found[0]["available"] is True


def test_embed_writes_one_row_per_row_of_the_file(lab, capsys, tmp_path):
    out = tmp_path / "vectors.npy"
    status, found = in_json(capsys, "embed", lab.file, "--out", out)
    vectors = np.load(out, allow_pickle=False)
    assert status == 0
    assert vectors.shape == (400, 384) == (found["rows"], found["dim"])
    assert list(found) == [
        "rows",
        "distinct",
        "embedded",
        "from_store",
        "dim",
        "seconds",
        "per_second",
        "device",
        "dtype",
    ]
    assert (found["embedded"], found["from_store"]) == (0, found["distinct"])
