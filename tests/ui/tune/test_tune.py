"""The page on fine-tuning: its form, a training while it runs, the verdict with its tabs, and the list."""

import dataclasses
import json
import threading
import time

import numpy as np
import pytest

from core.data.library import save_dataset
from core.evaluate.bootstrap import Interval
from core.jobs import queue
from core.tune.history import History, Point
from core.tune.judge.geometry import geometry
from core.tune.judge.learning_curve import CurvePoint, Spread
from core.tune.judge.verdict import verdict
from core.tune.pipeline import CURVE, CURVES, GEOMETRY, STOP
from core.tune.record import plain_history
from core.tune.settings import TuneSettings
from core.tune.tuned import list_tuned, save_part
from core.ui.tune import form, results
from tests.makers.apps import open_page, texts
from tests.makers.train_tables import make_dataset
from tests.makers.tuned_encoders import put, record
from tests.makers.tuned_examples import examples_of, parts_of

pytestmark = pytest.mark.slow  # whole pages

WORDS = np.random.default_rng(0).permutation(
    [f"{a}{b}" for a in "가나다라마바사아자차" for b in "강공군난단담동립만명"]
)
PAIRS = "score,question1,question2\n" + "".join(
    f"{n % 6},{WORDS[n]} 소식 {WORDS[99 - n]},{WORDS[(7 * n) % 100]}에 대한 {WORDS[n + 30]} 전망\n"
    for n in range(60)
)
LABELS = ("부정", "중립", "긍정")


@pytest.fixture
def lab(tmp_path, monkeypatch):
    """A workspace with encoders of its own."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "lab"))


@pytest.fixture
def data(lab):
    """A table of 90 headlines with a label each, without dates."""
    made = make_dataset(np.array(LABELS)[np.arange(90) % 3], kind="label", name="0123456789abcdef")
    save_dataset(made)
    return made


def html(app):
    return "\n".join(element.proto.body for element in app.get("html"))


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def wait_for_jobs(app):
    deadline = time.monotonic() + 60
    while queue().active():
        assert time.monotonic() < deadline, "the job does not end"
        time.sleep(0.02)
    app.run()
    assert not app.exception


def judged(accuracy, cosine=0.5, gap=0.3):
    """The record's judgement with another change of the accuracy, mean cosine and gap."""
    first = record().judged
    low, high = accuracy - 0.05, accuracy + 0.05
    change = {
        "accuracy": Interval(accuracy, low, high),
        "cosine_gap": Interval(gap, gap - 0.02, gap + 0.02),
    }
    return dataclasses.replace(
        first,
        difference=first.difference | change,
        after=first.after | {"mean_cosine": Interval(cosine, cosine, cosine)},
    )


def test_an_improvement_is_a_go_with_its_interval_and_before_and_after(lab):
    app = open_page("tune", tuned=put().id)
    assert not app.exception
    shown = html(app)
    assert "Go: the tuned encoder is better" in shown
    assert "+0.200 <small>[+0.150, +0.250]</small>" in shown
    assert shown.index("Before") < shown.index("0.600") < shown.index("After") < shown.index("0.800")


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        (judged(0.01), "No-go: no improvement is shown"),
        (judged(-0.2), "No-go: the tuned encoder is worse"),
        (judged(0.2, cosine=0.97, gap=-0.1), "No-go: the encoder has collapsed"),
    ],
)
def test_everything_else_is_a_no_go_by_its_name(lab, changed, word):
    made = put(judged=changed, verdict=verdict(changed))
    assert word in html(open_page("tune", tuned=made.id))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_tab_stands_on_a_record_with_all_its_parts(lab, language):
    made = put()
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    old, new = rng.normal(size=(2, 60, 8)).astype(np.float32)
    found = geometry(examples_of(labels), parts_of(60), old, new)
    save_part(made.id, GEOMETRY, found.as_dict())
    spread = Spread(0.7, 0.6, 0.8)
    save_part(
        made.id, CURVE, [CurvePoint(n, n / 300, 3, spread, spread, spread).as_dict() for n in (60, 300)]
    )
    app = open_page("tune", language, tuned=made.id)
    assert not app.exception
    assert not app.error
    assert len(app.tabs) == len(results.SECTIONS)
    assert len(app.get("plotly_chart")) == 1 + 2 + 4 + 1  # scores, curves, similarity, learning curve
    assert "%" in texts(app)


def test_the_newest_encoder_tuned_on_the_table_is_shown_to_who_comes_back(data):
    facts = dataclasses.replace(record().data, id=data.id)
    put("old", data=facts)
    put("newest", data=facts, created="2026-12-01T00:00:00+00:00")
    put("other", created="2026-12-02T00:00:00+00:00")
    app = open_page("tune", dataset=data.id)
    assert app.query_params["tuned"] in ("tuned:newest", ["tuned:newest"])


def test_an_encoder_that_is_gone_is_said_and_the_form_stands(lab):
    app = open_page("tune", tuned="tuned:gone")
    assert not app.exception
    assert "no tuned encoder tuned:gone" in texts(app)
    assert "Tune the encoder" in [button.label for button in app.button]


def test_without_a_table_labelled_texts_cannot_be_tuned_on_and_pairs_can(lab):
    app = open_page("tune")
    start = next(button for button in app.button if button.label == "Tune the encoder")
    assert start.disabled
    assert "Go to “1 Data”" in [button.label for button in app.button]
    app.segmented_control(key="tune-method").set_value("pairs").run()
    assert not app.exception
    app.file_uploader(key="tune-pairs").set_value(("pairs.csv", PAIRS.encode(), "text/csv")).run()
    assert not app.exception
    assert not app.error
    chosen = {box.label: box.value for box in app.selectbox}
    assert (chosen["First sentence"], chosen["Second sentence"], chosen["Score or label"]) == (
        "question1",
        "question2",
        "score",
    )
    assert not next(button for button in app.button if button.label == "Tune the encoder").disabled


def test_the_cards_say_how_many_texts_learn_choose_and_test(data):
    shown = html(open_page("tune", dataset=data.id))
    numbers = [int(part.partition("<")[0]) for part in shown.split("<b>")[1:5]]
    assert sum(numbers) == 90
    assert numbers[2] == 18


def test_a_table_without_a_target_is_one_sentence(lab):
    made = make_dataset(np.full(30, None), kind="", name="fedcba9876543210")
    save_dataset(made)
    app = open_page("tune", dataset=made.id)
    assert not app.exception
    assert "The table has no target" in texts(app)


INI = """[Path]
train_file = train.csv ; where it lies
[Hyperparameters]
batch_size = 16
learning_rate = 3e-5
epochs = 4
split_ratio = 0.75 ; of the training
"""


def upload(app, content, name):
    app.file_uploader(key="tune-file").set_value((name, content.encode(), "text/plain")).run()
    assert not app.exception


def test_the_settings_of_an_ini_file_stand_in_the_fields_and_can_be_changed(data):
    app = open_page("tune", dataset=data.id)
    upload(app, INI, "train.ini")
    assert not app.error
    values = [app.number_input(key=f"tune-{name}").value for name in ("batch_size", "epochs")]
    assert values == [16, 4]
    assert app.text_input(key="tune-learning_rate").value == "3e-05"
    assert app.slider(key="tune-test_share").value == 25.0
    app.number_input(key="tune-epochs").set_value(2).run()
    assert app.number_input(key="tune-epochs").value == 2
    assert "train.csv" in texts(app)


def test_a_key_that_is_not_known_is_named(data):
    app = open_page("tune", dataset=data.id)
    upload(app, "epochs = 2\nspeed = 3\n", "tune.toml")
    assert "speed" in texts(app)
    assert app.number_input(key="tune-epochs").value == 6


def test_a_learning_rate_that_is_no_number_is_said(data):
    app = open_page("tune", dataset=data.id)
    app.text_input(key="tune-learning_rate").set_value("small").run()
    assert not app.exception
    assert "The learning rate small is no number" in texts(app)
    assert next(button for button in app.button if button.label == "Tune the encoder").disabled


def test_a_change_of_method_and_back_keeps_the_settings(data):
    app = open_page("tune", dataset=data.id)
    app.number_input(key="tune-label_smoothing").set_value(0.2).run()
    app.segmented_control(key="tune-method").set_value("triplet").run()
    assert app.selectbox(key="tune-loss").value == "batch_all"
    app.segmented_control(key="tune-method").set_value("classify").run()
    assert app.number_input(key="tune-label_smoothing").value == 0.2


def test_a_tuning_is_a_job_whose_verdict_is_shown_when_it_ends(data, monkeypatch):
    asked = []

    def tune(source, settings, report):
        asked.append((source.dataset.id, settings.epochs, settings.pooling))
        return put("done", data=dataclasses.replace(record().data, id=data.id))

    monkeypatch.setattr(form, "tune", tune)
    app = open_page("tune", dataset=data.id)
    app.number_input(key="tune-epochs").set_value(3).run()
    press(app, "Tune the encoder")
    wait_for_jobs(app)
    assert asked == [(data.id, 3, "mean")]
    assert "Fine-tuning: done" in texts(app)
    assert "Go: the tuned encoder is better" in html(app)


@pytest.fixture
def running(data, tmp_path):
    """A tuning that runs until the test ends, with curves of one epoch."""
    folder = tmp_path / "tuning"
    folder.mkdir()
    points = (Point(10, 1, 1.2, 1.1, 0.35, 0.36, 0.2, 5.0),)
    history = History(points, (1.2,) * 12, 1, "", 4, "float32", "cpu", 50.0, 6.0, 90, 100)
    (folder / CURVES).write_text(json.dumps(plain_history(history)))
    end = threading.Event()
    subject = {
        "settings": json.dumps(TuneSettings().as_dict()),
        "folder": str(folder),
        "classes": "3",
        "dataset": data.id,
    }
    queue().submit("tune", subject, lambda report: {"over": end.wait(60)})
    yield folder
    end.set()
    while queue().active():
        time.sleep(0.02)


def test_a_running_tuning_shows_its_curves_speed_and_what_they_say(data, running):
    app = open_page("tune", dataset=data.id)
    assert not app.exception
    shown = html(app)
    assert "Texts a second" in shown
    assert "in parts of 4" in shown
    assert "Not learning yet" in texts(app)
    assert len(app.get("plotly_chart")) == 2
    assert next(button for button in app.button if button.label == "Tune the encoder").disabled


def test_a_running_tuning_is_asked_to_stop_and_to_keep_the_best(data, running):
    app = open_page("tune", dataset=data.id)
    press(app, "Stop and keep the best")
    assert (running / STOP).exists()
    assert "keeps the best epoch" in texts(app)


def test_a_tuned_encoder_is_chosen_for_embedding(data):
    made = put()
    app = open_page("tune", dataset=data.id, tuned=made.id)
    press(app, "Embed with it")
    assert app.title[0].value == "How do headlines become vectors?"
    assert app.query_params["encoder"] in (made.id, [made.id])


def test_a_tuned_encoder_is_deleted_and_no_choice_any_more(data):
    made = put()
    app = open_page("tune", dataset=data.id, tuned=made.id, encoder=made.id)
    press(app, "Delete it")
    assert list_tuned() == []
    assert "tuned" not in app.query_params
    assert "encoder" not in app.query_params


def test_the_list_says_verdict_and_scores(lab):
    put()
    app = open_page("tune")
    table = next(table.value for table in app.dataframe if "verdict" in table.value)
    assert table["verdict"].tolist() == ["✓ Go: the tuned encoder is better"]
    assert table["before → after"].tolist() == ["Accuracy 0.600 → 0.800"]


def test_maps_and_models_of_a_table_that_is_gone_are_one_sentence(lab):
    app = open_page("tune", tuned=put().id)
    press(app, "Draw the maps")
    wait_for_jobs(app)
    assert app.error
