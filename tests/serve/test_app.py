import json
import re
import shutil
import unicodedata
from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from core.data.library import load_dataset
from core.errors import UserError
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from core.explain import encode_headlines
from core.predict import Intervals, Question, cautions_of, predict_headline
from core.serve import answers, batching
from core.train.runs import load_run
from tests.serve.conftest import TOKEN, client_of

QUESTION = {
    "headline": "가온전자 대규모 수주",
    "press": "없는신문",
    "company": "가온전자",
    "time": "2024-03-05T09:30",
    "features": {"RSI": 0.3, "거래량": None},
}
JSON = {"Content-Type": "application/json"}


def test_an_answer_is_what_the_page_predicts(client, answerer):
    found = client.post("/predict", json=QUESTION).json()
    question = Question(
        QUESTION["headline"], "없는신문", "가온전자", datetime(2024, 3, 5, 9, 30), {"RSI": 0.3}
    )
    vectors = encode_headlines(answerer.run, [question.headline])
    made = predict_headline(answerer.run, vectors, question)
    assert set(found["predictions"]) == set(made.values)
    for name, values in made.values.items():
        shown = [found["predictions"][name][label] for label in answerer.run.classes]
        assert shown == pytest.approx(values.tolist(), abs=1e-6)
    reasons = dict(zip(made.reasons.groups, made.reasons.values["mean"][0], strict=True))
    assert {group["group"]: group["contribution"] for group in found["groups"]} == pytest.approx(
        reasons, abs=1e-6
    )
    sizes = [abs(group["contribution"]) for group in found["groups"]]
    assert sizes == sorted(sizes, reverse=True)
    assert found["class"] == answerer.run.classes[-1]
    codes = [message.code for message in cautions_of(answerer.known, question, vectors)]
    assert [warning["code"] for warning in found["warnings"]] == codes
    assert "unseen_press" in codes


def test_an_answer_carries_the_interval_of_the_ensemble(answerer):
    class Known(Intervals):
        def at(self, values):
            return np.stack([values - 0.1, values + 0.2], axis=1)

    known = Known(0.9, np.zeros(1), np.zeros(1), np.zeros((1, 2)))
    (answer,) = replace(answerer, intervals=known).answer([Question("가온전자 대규모 수주")])
    last = answer.predictions["mean"][answerer.run.classes[-1]]
    assert answer.as_dict("en")["interval"] == pytest.approx(
        {"low": last - 0.1, "high": last + 0.2, "level": 0.9}
    )


def test_names_are_read_as_a_table_reads_them(client):
    apart = unicodedata.normalize("NFD", "거래량")
    asked = {"headline": "수주", "press": " 한국경제 ", "features": {apart: 0.3}}
    found = client.post("/predict", json=asked).json()
    same = {"headline": "수주", "press": "한국경제", "features": {"거래량": 0.3}}
    assert found["predictions"] == client.post("/predict", json=same).json()["predictions"]
    assert "missing:거래량" not in [warning["code"] for warning in found["warnings"]]


def test_no_interval_is_null(answerer):
    (answer,) = replace(answerer, intervals=None).answer([Question("가온전자 대규모 수주")])
    assert answer.as_dict("en")["interval"] is None


def test_every_answer_tells_how_far_its_run_can_be_believed(client, answerer):
    told = client.post("/predict", json={"headline": "수주"}).json()["run"]
    assert told == client.get("/run").json()
    assert told["id"] == answerer.run.id
    assert told["metric"]["name"] == "auc"
    assert "chance" in told["verdict"]
    assert told["text_lift"]["sentence"].endswith((".", ")"))


def test_the_language_of_a_sentence_is_asked_for(client):
    sentence = client.post("/predict", json={"headline": ""}, headers={"Accept-Language": "ko-KR"})
    assert re.search("[가-힣]", sentence.json()["error"])
    assert sentence.headers["content-type"] == "application/json"


def test_questions_together_have_the_answers_of_each_alone(client, answerer):
    texts = ["수주", "가온전자 공장 화재에 약세, 하반기 전망도 어둡다", "나래화학 흑자 전환"]
    together = client.post("/predict/list", json={"questions": [{"headline": text} for text in texts]})
    for text, found in zip(texts, together.json()["answers"], strict=True):
        alone = client.post("/predict", json={"headline": text}).json()
        assert found["predictions"]["mean"] == pytest.approx(alone["predictions"]["mean"], abs=1e-5)
        assert found["warnings"] == alone["warnings"]


def test_a_question_without_an_answer_leaves_the_others_theirs(client):
    asked = {"questions": [{"headline": "수주"}, {"headline": "  "}, {"headline": "화재"}]}
    first, second, third = client.post("/predict/list", json=asked).json()["answers"]
    assert "predictions" in first
    assert "predictions" in third
    assert list(second) == ["error"]


@pytest.mark.parametrize(
    "headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {TOKEN}"}]
)
@pytest.mark.parametrize("path", ["/predict", "/predict/list", "/run", "/elsewhere"])
def test_without_the_token_nothing_is_told(client, headers, path):
    client.headers.pop("Authorization")
    answer = client.post(path, content=b"not read", headers=headers)
    assert answer.status_code == 401
    assert list(answer.json()) == ["error"]
    assert answer.headers["www-authenticate"] == "Bearer"


def test_what_is_open_tells_nothing_of_the_run(client, answerer):
    client.headers.pop("Authorization")
    for path in ("/health", "/docs", "/openapi.json"):
        answer = client.get(path)
        assert answer.status_code == 200
        told = [answerer.run.id, answerer.run.dataset_id, "거래량\N{HANGUL SYLLABLE EUN}"]
        assert not [word for word in told if word in answer.text]


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "headline is missing"),
        ([], "JSON object"),
        ({"headline": ""}, "empty"),
        ({"headline": " \u200b "}, "empty"),
        ({"headline": 5}, "headline has to be a text"),
        ({"headline": "가" * 5_001}, "5,000"),
        ({"headline": "\ud800"}, "headline cannot be read"),
        ({"headline": "수주", "colour": 1}, "no field colour"),
        ({"headline": "수주", "press": "가" * 201}, "press has more than 200"),
        ({"headline": "수주", "time": "yesterday"}, "2024-03-05T09:30"),
        ({"headline": "수주", "time": 1709600000}, "2024-03-05T09:30"),
        ({"headline": "수주", "time": "0001-01-01"}, "2024-03-05T09:30"),
        ({"headline": "수주", "features": {"RSI": "0.3"}}, "features.RSI has to be a number"),
        ({"headline": "수주", "features": {"RSI": True}}, "features.RSI has to be a number"),
        ({"headline": "수주", "features": {"RSI": 1e300}}, "features.RSI is too large"),
        ({"headline": "수주", "features": {"PER": 3}}, "no feature PER; it has RSI, 거래량"),
        ({"headline": "수주", "features": {"PER": None}}, "no feature PER; it has RSI, 거래량"),
        ({"headline": "수주", "features": {"\ud800": 3}}, "cannot be read"),
    ],
)
def test_bad_input_is_one_sentence(client, body, words):
    answer = client.post("/predict", content=json.dumps(body), headers=JSON)
    assert answer.status_code == 422
    assert list(answer.json()) == ["error"]
    assert words in answer.json()["error"]


@pytest.mark.parametrize(
    "content",
    [
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"headline": "a", "features": {"RSI": NaN}}',
        b'{"headline": "a", "features": {"RSI": ' + b"9" * 600 + b"}}",
        b'{"headline": "a", "features": {"RSI": ' + b"9" * 6_000 + b"}}",
    ],
    ids=["half", "no text", "deep", "NaN", "large", "larger"],
)
def test_what_is_no_json_is_refused_in_one_sentence(client, content):
    answer = client.post("/predict", content=content, headers=JSON)
    assert answer.status_code in (400, 422)
    assert list(answer.json()) == ["error"]


def test_a_form_of_another_page_is_no_question(client):
    answer = client.post("/predict", content=b'{"headline": "a"}', headers={"Content-Type": "text/plain"})
    assert answer.status_code == 422


@pytest.mark.parametrize("count", [0, 1_001])
def test_a_list_is_bounded(client, count):
    answer = client.post("/predict/list", json={"questions": [{"headline": "수주"}] * count})
    assert answer.status_code == 422
    assert "questions" in answer.json()["error"]


@pytest.mark.parametrize("known_length", [True, False])
def test_a_large_request_is_refused(client, known_length):
    content = b"[" + b" " * 2**20
    answer = client.post("/predict", content=content if known_length else iter([content]), headers=JSON)
    assert answer.status_code == 413
    assert "megabyte" in answer.json()["error"]


def test_another_name_for_this_machine_is_refused(client):
    answer = client.get("/health", headers={"Host": "evil.example:8600"})
    assert answer.status_code == 400
    assert "name" in answer.json()["error"]


def test_no_other_page_may_read_an_answer(client):
    asked = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/predict", headers=asked).headers
    assert "access-control-allow-origin" not in client.get("/health", headers=asked).headers


def test_the_pages_need_no_network(client):
    for path in ("/docs", "/openapi.json"):
        page = client.get(path)
        assert not re.search(r"(?:https?:)?//\w", page.text)
        assert "<script" not in page.text
        assert page.headers["content-security-policy"].startswith("default-src 'none'")


def test_the_page_names_every_path_and_field(client):
    page, schema = client.get("/docs").text, client.get("/openapi.json").json()
    names = [
        *schema["paths"],
        *(name for m in schema["components"]["schemas"].values() for name in m.get("properties", {})),
    ]
    assert [name for name in names if name not in page] == []


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("GET", "/predict", 405)])
def test_a_wrong_address_is_said_to_be_one(client, method, path, status):
    answer = client.request(method, path)
    assert answer.status_code == status
    assert list(answer.json()) == ["error"]


def test_a_sealed_headline_is_refused(small_lab, answerer, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    data = load_dataset(small_lab.dataset)
    rows = Rows.of(data, np.arange(3))
    seal(data.id, "run-0", rows, rows.take(np.arange(0)))
    first = data.frame.iloc[0]
    asked = {"headline": first["headline"], "time": first["time"].isoformat()}
    with client_of(answerer) as client:
        answer = client.post("/predict", json=asked)
        assert answer.status_code == 409
        assert "run-0" in answer.json()["error"]
        together = client.post("/predict/list", json={"questions": [asked, {"headline": "수주"}]})
        assert [next(iter(one)) for one in together.json()["answers"]] == ["error", "predictions"]


@pytest.mark.parametrize("path", ["/predict", "/predict/list"])
def test_a_run_whose_encoder_is_gone_says_so(client, monkeypatch, path):
    def gone(run, headlines):
        raise UserError("The encoder {name} is gone.", name="e5")

    monkeypatch.setattr(answers, "encode_headlines", gone)
    one = {"headline": "수주"}
    answer = client.post(path, json=one if path == "/predict" else {"questions": [one]})
    assert answer.status_code == 503
    assert answer.json() == {"error": "The encoder e5 is gone."}


@pytest.mark.parametrize("path", ["/predict", "/predict/list"])
def test_what_nobody_foresaw_shows_no_trace(client, monkeypatch, path, caplog):
    monkeypatch.setattr(answers, "explain_matrix", lambda *_: 1 / 0)
    one = {"headline": "수주"}
    answer = client.post(path, json=one if path == "/predict" else {"questions": [one]})
    assert answer.status_code == 500
    assert list(answer.json()) == ["error"]
    assert "ZeroDivision" not in answer.text
    assert "ZeroDivision" in caplog.text


def test_too_many_waiting_questions_are_sent_away(client, monkeypatch):
    monkeypatch.setattr(batching, "MOST", 0)
    answer = client.post("/predict", json={"headline": "수주"})
    assert answer.status_code == 429
    assert "retry-after" in answer.headers


def test_a_run_without_its_table_still_answers(small_lab, tmp_path, monkeypatch):
    home = shutil.copytree(small_lab.home, tmp_path / "own", symlinks=True)
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(home))
    shutil.rmtree(home / "datasets" / small_lab.dataset)
    answerer = answers.Answerer.of(load_run(small_lab.run))
    (answer,) = answerer.answer([Question("가온전자 대규모 수주")])
    assert 0 < answer.predictions["mean"][answerer.run.classes[-1]] < 1
    assert answer.interval is None


def test_a_time_with_an_offset_is_turned_to_the_clock_of_the_exchange(answerer):
    assert answerer.clock(datetime.fromisoformat("2024-03-05T00:30+00:00")) == datetime(2024, 3, 5, 9, 30)
    assert answerer.clock(datetime(2024, 3, 5, 9, 30)) == datetime(2024, 3, 5, 9, 30)
    assert abs((answerer.clock(None) - answerer.clock(datetime.now().astimezone())).total_seconds()) < 5
