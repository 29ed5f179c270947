import pytest

from core.serve.gate import Gate, language_asked


@pytest.fixture
def gate():
    return Gate("tökén", ("localhost", "[::1]", "lab"))


def _status(gate, path="/run", host="localhost:8600", **headers):
    given = {"host": host, **headers}
    refused = gate.refusal(path, [(name.encode(), value.encode()) for name, value in given.items()])
    return None if refused is None else refused[0]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:80", "[::1]:8600", "lab:1"])
def test_the_server_goes_by_its_names(gate, host):
    assert _status(gate, "/health", host) is None


@pytest.mark.parametrize("host", ["", "evil.example", "localhost.evil.example", "[::2]:1", "lab@evil"])
def test_and_by_no_other(gate, host):
    assert _status(gate, "/health", host) == 400


@pytest.mark.parametrize("given", ["Bearer tökén", "bearer  tökén"])
def test_the_token_opens(gate, given):
    assert _status(gate, authorization=given) is None


@pytest.mark.parametrize("given", ["", "Bearer", "Bearer x", "tökén", "Bearer tökén x"])
def test_nothing_else_does(gate, given):
    assert _status(gate, authorization=given) == 401


@pytest.mark.parametrize("length", ["2000000", "9" * 30, "-1", "many"])
def test_a_length_that_is_too_large_or_none_is_refused(gate, length):
    assert _status(gate, authorization="Bearer tökén", **{"content-length": length}) == 413


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        ("en-GB,ko;q=0.5", "en"),
        ("ko;q=0.2, en;q=0.7", "en"),
        ("fr, ko;q=0.1", "ko"),
        ("fr", "en"),
        ("*", "en"),
        ("ko;q=x", "en"),
        (None, "en"),
    ],
)
def test_the_language_that_is_liked_best_is_taken(header, language, monkeypatch):
    monkeypatch.setenv("HEADLINE_LAB_LANG", "en")
    assert language_asked(header) == language
