"""The embed page: the catalog's table, fetching, the test on sentence pairs, and what the store holds."""

import time

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core.data.library import save_dataset
from core.embed import embed
from core.embed.catalog_entries import ENTRIES, KOREAN
from core.embed.checkpoint import hub
from core.embed.pooling import POOLINGS, Pooling
from core.embed.runtime import precision
from core.embed.store.vector_store import VectorStore
from core.jobs import queue
from core.locale import translate
from core.ui.pages import PAGES
from tests.makers.fake_hub import FakeHub, use
from tests.makers.tiny_encoders import CORPUS, KINDS, save_wordpiece
from tests.makers.train_tables import make_dataset

pytestmark = pytest.mark.slow  # whole trainings, or whole pages

MINI_LM = "sentence-transformers/all-MiniLM-L6-v2"
KR_SBERT = "snunlp/KR-SBERT-V40K-klueNLI-augSTS"
TOO_LARGE = {
    "upskyy/bge-m3-korean",
    "upskyy/gte-base-korean",
    "dragonkue/snowflake-arctic-embed-l-v2.0-ko",
    "intfloat/multilingual-e5-large",
}


@pytest.fixture(autouse=True)
def _alike_everywhere(monkeypatch):
    """Compute in float32; 2 GB of memory are free for the encoders of the catalog."""
    monkeypatch.setattr(precision, "native_halves", lambda device: ())
    monkeypatch.setattr("core.ui.embed.catalog.available_bytes", lambda: 2_000_000_000)


@pytest.fixture
def server(home, tmp_path, monkeypatch):
    """A hub on localhost, and no encoder fetched from it yet."""
    with FakeHub(tmp_path / "hub") as running:
        use(monkeypatch, running.url, tmp_path / "cache")
        yield running


@pytest.fixture
def tiny(server, tmp_path):
    return str(save_wordpiece(tmp_path / "tiny"))


@pytest.fixture
def data(home):
    kept = make_dataset(np.linspace(-0.02, 0.02, 12), np.arange(12), name="0123456789abcdef")
    save_dataset(kept)
    return kept


def opened(data, encoder, language="en"):
    app = AppTest.from_file("../../../app.py", default_timeout=120)
    app.session_state["language"] = language
    app.query_params["dataset"] = data.id
    app.query_params["encoder"] = encoder
    app.run()
    app.switch_page(PAGES["embed"].file).run()
    assert not app.exception
    return app


def press(app, label):
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def said(elements):
    """What elements say, as a reader sees it: without Markdown's escapes."""
    return " | ".join(getattr(element, "text", None) or element.value for element in elements).replace(
        "\\", ""
    )


def labels(app):
    return [button.label for button in app.button]


def job_ended(app):
    """Wait for the job, and draw the page as its own clock would."""
    deadline = time.monotonic() + 120
    while queue().active():
        assert time.monotonic() < deadline, "the job does not end"
        time.sleep(0.02)
    app.run()
    assert not app.exception


def catalog(app):
    """The catalog's table, by the encoder's name; None where no encoder passes the filters."""
    tables = [table.value for table in app.dataframe if "state" in table.value]
    return tables[0].set_index("encoder") if tables else None


def store_table(app):
    return next((table.value for table in app.dataframe if "headlines" in table.value), None)


def save_large(server, name, size=6_000_000):
    """A tiny encoder with weights of about that many bytes, most of them of no use."""
    from safetensors.numpy import load_file, save_file

    weights = KINDS[name](server.folder / name) / "model.safetensors"
    ballast = np.random.default_rng(0).integers(0, 255, size).astype(np.uint8)
    save_file(load_file(weights) | {"ballast": ballast}, weights, metadata={"format": "pt"})


@pytest.fixture
def with_one_here(server):
    """One encoder of the catalog is on this machine, beside the bundled one."""
    KINDS[KR_SBERT](server.folder / KR_SBERT)
    hub.download(KR_SBERT, lambda *args, **params: None)
    return KR_SBERT


def test_the_catalog_marks_what_is_here_what_would_be_fetched_and_what_is_too_large(data, with_one_here):
    states = catalog(opened(data, with_one_here))["state"]
    assert states[KR_SBERT] == states["multilingual-e5-small"] == "✓ here"
    assert states["upskyy/kf-deberta-multitask"].startswith("↓ ")
    assert states["upskyy/kf-deberta-multitask"].endswith(" MB")
    assert set(states.index[states == "✕ too large for this machine"]) == TOO_LARGE


def test_the_catalog_says_how_large_each_download_is(data, tiny):
    states = catalog(opened(data, tiny))["state"]
    for entry in ENTRIES:
        if entry.id not in TOO_LARGE:
            assert states[entry.id] == f"↓ {entry.download_megabytes:,} MB"


def test_the_catalog_is_drawn_in_korean(data, tiny):
    table = next(table.value for table in opened(data, tiny, "ko").dataframe if "상태" in table.value)
    assert table["상태"].str.match("✓ [가-힣]|✕ [가-힣]|↓ [\\d,]+ MB").all()
    assert table.columns.str.contains("[가-힣]").all()


def test_only_encoders_on_this_machine_can_be_shown(data, with_one_here):
    app = opened(data, with_one_here)
    app.toggle(key="catalog-here").set_value(True).run()
    assert set(catalog(app).index) == {"multilingual-e5-small", KR_SBERT}


def test_only_encoders_that_fit_into_memory_can_be_shown(data, tiny):
    app = opened(data, tiny)
    every = set(catalog(app).index)
    app.toggle(key="catalog-fits").set_value(True).run()
    assert set(catalog(app).index) == every - TOO_LARGE


def test_the_catalog_is_filtered_by_what_an_encoder_was_trained_on(data, tiny):
    app = opened(data, tiny)
    app.pills(key="catalog-domains").select(KOREAN).run()
    assert set(catalog(app)["trained on"]) == {translate(KOREAN, "en")}
    assert set(catalog(app).index) == {entry.id for entry in ENTRIES if entry.domain == KOREAN}


def test_filters_that_no_encoder_passes_say_so(data, tiny):
    app = opened(data, tiny)
    app.toggle(key="catalog-here").set_value(True)
    app.pills(key="catalog-domains").select(KOREAN).run()
    assert catalog(app) is None
    assert "No encoder passes these filters." in said(app.caption)


def test_a_row_of_the_catalog_chooses_its_encoder(data, tiny):
    app = opened(data, tiny)
    table = next(table for table in app.dataframe if "state" in table.value)
    row = table.value["encoder"].tolist().index(MINI_LM)
    app.session_state[table.key] = {"selection": {"rows": [row], "columns": [], "cells": []}}
    app.run()
    assert not app.exception
    assert app.query_params["encoder"] in (MINI_LM, [MINI_LM])


def test_a_download_shows_its_progress_can_be_cancelled_and_goes_on_to_the_end(data, server):
    save_large(server, MINI_LM)
    server.pause = 0.2  # s between two blocks: some 20 s in all, were it not cancelled
    app = opened(data, MINI_LM)
    press(app, "Download (92 MB)")
    (job,) = queue().active()
    while not queue().get(job.id).fraction:
        time.sleep(0.02)
    app.run()
    assert f"Downloading {MINI_LM}: " in said(app.get("progress"))
    assert "Download (92 MB)" not in labels(app)
    press(app, "Cancel")
    job_ended(app)
    assert queue().get(job.id).status == "cancelled"
    assert hub.local_snapshot(MINI_LM) is None
    server.pause = 0.0
    press(app, "Download (92 MB)")
    job_ended(app)
    assert hub.local_snapshot(MINI_LM)
    assert "Embed the headlines" in labels(app)


def test_a_hub_that_cannot_be_reached_is_one_sentence(data, server):
    server.broken.add(MINI_LM)
    app = opened(data, MINI_LM)
    press(app, "Download (92 MB)")
    job_ended(app)
    assert "could not deliver" in said(app.error)
    assert "Download (92 MB)" in labels(app)


def test_an_id_that_no_hub_knows_is_said(data, server):
    app = opened(data, "org/unknown")
    assert "“org/unknown” is neither in the catalog nor on this machine" in said(app.info)
    press(app, "Look it up on the hub")
    assert "has no encoder named org/unknown" in said(app.error)


def test_an_encoder_beside_the_catalog_is_looked_up_fetched_and_ready(data, server):
    KINDS[MINI_LM](server.folder / "org" / "other")
    app = opened(data, "org/other")
    assert not server.requests
    press(app, "Look it up on the hub")
    assert not server.downloaded()
    press(app, next(label for label in labels(app) if label.startswith("Download")))
    job_ended(app)
    assert "Embed the headlines" in labels(app)
    assert catalog(app)["state"]["org/other"] == "✓ here"


def test_a_word_that_is_no_id_is_said(data, tiny):
    app = opened(data, "nonsense")
    assert "There is no encoder named nonsense" in said(app.error)


def test_a_folder_that_does_not_exist_is_called_that(data, tiny, tmp_path):
    app = opened(data, f"{tmp_path}/no such folder")
    assert "no such folder does not exist on this machine" in said(app.error)
    assert "Look it up on the hub" not in labels(app)
    assert catalog(app) is not None


def test_what_retellings_have_in_common_is_not_held_against_the_encoder(home, tiny):
    """Twelve headlines that differ in `…` and `...` alone, told twice: one vector, and no warning."""
    data = make_dataset(np.linspace(-0.02, 0.02, 12), np.arange(12), name="fedcba9876543210")
    texts = [f"{CORPUS[n % 5]} {n}" for n in range(12)]
    data.frame["headline"] = [*(f"{text}…" for text in texts[:6]), *(f"{text}..." for text in texts[:6])]
    data.frame["story"] = [*range(6), *range(6)]
    save_dataset(data)
    embed(data.headlines, tiny)
    app = opened(data, tiny)
    table = next(table.value for table in app.dataframe if "cosine" in table.value)
    assert not table["headline"].str.contains("...", regex=False).any()
    assert "exactly the same vector" not in said(app.warning)


def test_a_registered_pooling_is_offered_and_explained(data, tiny, monkeypatch):
    lowest = Pooling(
        "lowest",
        "Lowest over tokens",
        "lowest",
        "The smallest value over the tokens.",
        lambda hidden, real: hidden,
    )
    monkeypatch.setitem(POOLINGS, lowest.key, lowest)
    app = opened(data, tiny)
    (choice,) = (one for one in app.button_group if one.label == "Pooling")
    assert choice.options == ["CLS", "mean ★", "max", "lowest"]
    assert "Lowest over tokens · The smallest value over the tokens." in said(app.markdown).replace("**", "")


PAIRS = "sentence1,sentence2,score\n" + "".join(
    f'"{CORPUS[i % 5]}","{CORPUS[(i * 2) % 5]} 마감 {i}",{i % 5 + 0.5}\n' for i in range(12)
)


def upload(app, content, name="쌍_시험.csv"):
    app.file_uploader(key="pairs-file").set_value((name, content.encode(), "text/csv")).run()
    press(app, "Test the encoder")
    job_ended(app)


def test_an_encoder_is_tested_on_the_pairs_of_a_file(data, tiny):
    from core.embed.sts import read_pairs, sts

    app = opened(data, tiny)
    upload(app, PAIRS + "빠진 점수,행,\n")
    shown = {metric.label: metric.value for metric in app.metric}
    expected = sts(read_pairs(PAIRS.encode()), tiny)
    assert (shown["Pearson"], shown["Spearman"], shown["Pairs"]) == (
        f"{expected.pearson:.3f}",
        f"{expected.spearman:.3f}",
        "12",
    )
    assert "쌍_시험.csv: rows that could not be used: 1" in said(app.caption)


def test_a_file_without_the_columns_of_a_pair_is_one_sentence(data, tiny):
    app = opened(data, tiny)
    upload(app, "a,b\n1,2\n3,4\n")
    assert "no column sentence1, sentence2, score" in said(app.error)
    assert "Pearson" not in {metric.label for metric in app.metric}


def test_the_vectors_of_an_encoder_are_removed(data, tiny):
    embed(data.headlines, tiny)
    app = opened(data, tiny)
    assert store_table(app)["headlines"].tolist() == ["12"]
    assert "Embed the headlines" not in labels(app)
    box = next(box for box in app.selectbox if box.label == "Remove the vectors of")
    (size,) = VectorStore().sizes()
    box.set_value(size.encoder).run()
    press(app, "Remove")
    assert "the vectors of 12 headlines were removed" in said(app.success)
    assert store_table(app) is None
    assert VectorStore().sizes() == []
    assert "Embed the headlines" in labels(app)


def test_a_store_of_which_a_file_cannot_be_opened_shows_the_others(data, tiny, home):
    embed(data.headlines, tiny)
    (home / "vectors" / f"{'f' * 32}.sqlite").mkdir()
    app = opened(data, tiny)
    assert store_table(app)["headlines"].tolist() == ["12"]
    assert len(app.error) == 1
    assert "No permission to write to" in app.error[0].value


def test_a_store_of_which_no_file_can_be_opened_is_not_called_empty(data, tiny, home):
    (home / "vectors" / f"{'f' * 32}.sqlite").mkdir(parents=True)
    app = opened(data, tiny)
    assert len(app.error) == 1
    assert "The store is empty." not in said(app.caption)
