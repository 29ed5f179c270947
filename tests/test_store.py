import itertools
import multiprocessing
import sqlite3
from dataclasses import replace

import numpy as np
import pytest

from core.embed import store as store_module
from core.embed.pooling import POOLINGS, Pooling
from core.embed.store import Space, VectorStore
from core.errors import UserError

SPACE = Space("key", "tiny", 4)
TEXTS = ["삼성전자 급등", "카카오 급락", "코스피 보합"]


def some_vectors(count=3, seed=0):
    return np.random.default_rng(seed).normal(size=(3, count, SPACE.dim)).astype(np.float32)


@pytest.fixture
def store(tmp_path):
    with VectorStore(tmp_path / "vectors.sqlite") as store:
        yield store


@pytest.mark.parametrize("pooling", POOLINGS)
def test_what_is_put_comes_back_in_the_order_asked(store, pooling):
    vectors = some_vectors()
    store.put(SPACE, TEXTS, vectors)
    read, found = store.get(SPACE, pooling, [TEXTS[2], "처음 보는 제목", TEXTS[0]])
    assert found.tolist() == [True, False, True]
    np.testing.assert_array_equal(read[[0, 2]], vectors[POOLINGS.index(pooling)][[2, 0]])


def test_a_few_texts_are_found_among_many(store):
    texts = [f"제목 {i}" for i in range(2000)]
    vectors = some_vectors(len(texts))
    store.put(SPACE, texts, vectors)
    wanted = list(range(0, 2000, 3))
    read, found = store.get(SPACE, Pooling.MAX, [texts[i] for i in wanted])
    assert found.all()
    np.testing.assert_array_equal(read, vectors[2, wanted])


def test_an_empty_store_has_nothing(store):
    _, found = store.get(SPACE, Pooling.MEAN, TEXTS)
    assert not found.any()


def test_another_encoder_key_does_not_share_vectors(store):
    store.put(SPACE, TEXTS, some_vectors())
    _, found = store.get(replace(SPACE, encoder="other key"), Pooling.MEAN, TEXTS)
    assert not found.any()


def test_writing_the_same_text_again_keeps_one_row_per_pooling(store):
    first = some_vectors()
    store.put(SPACE, TEXTS, first)
    store.put(SPACE, TEXTS, some_vectors(seed=1))
    read, _ = store.get(SPACE, Pooling.CLS, TEXTS)
    np.testing.assert_array_equal(read, first[0])
    assert [size.entries for size in store.sizes()] == [3, 3, 3]


def write_many(path, seed):
    with VectorStore(path) as store:
        for i in range(20):
            store.put(SPACE, [f"제목 {i}"], some_vectors(1, seed))


def test_two_processes_may_write_the_same_texts(tmp_path):
    path = tmp_path / "vectors.sqlite"
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(path, seed)) for seed in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    with VectorStore(path) as store:
        assert [size.entries for size in store.sizes()] == [20, 20, 20]


def write_until_killed(path, written):
    with VectorStore(path) as store:
        for i in itertools.count():
            store.put(SPACE, [f"제목 {i}"], some_vectors(1))
            written.put(i)


def test_a_writer_killed_at_any_moment_loses_nothing_it_had_written(tmp_path):
    path = tmp_path / "vectors.sqlite"
    context = multiprocessing.get_context("spawn")
    written = context.SimpleQueue()
    writer = context.Process(target=write_until_killed, args=(path, written))
    writer.start()
    last = [written.get() for _ in range(30)][-1]
    writer.kill()
    writer.join()
    with VectorStore(path) as store:
        assert store.get(SPACE, Pooling.MEAN, [f"제목 {i}" for i in range(last + 1)])[1].all()
        store.put(SPACE, TEXTS, some_vectors())


def test_sizes_count_what_is_kept(store):
    store.put(SPACE, TEXTS, some_vectors())
    sizes = {size.pooling: size for size in store.sizes()}
    assert set(sizes) == set(Pooling)
    assert (sizes[Pooling.MEAN].entries, sizes[Pooling.MEAN].name) == (3, "tiny")
    assert sizes[Pooling.MEAN].megabytes == pytest.approx(3 * 4 * 4 / 1e6)


@pytest.mark.parametrize("damage", ["flip", "cut", "swap"])
def test_a_damaged_vector_is_noticed_logged_and_written_anew(store, caplog, damage):
    vectors = some_vectors()
    store.put(SPACE, TEXTS, vectors)
    with sqlite3.connect(store.path) as file:
        (blob,) = file.execute("SELECT vector FROM vectors WHERE rowid = 1").fetchone()
        (other,) = file.execute("SELECT vector FROM vectors WHERE rowid = 2").fetchone()
        bad = {"flip": bytes([blob[0] ^ 1]) + blob[1:], "cut": blob[:-4], "swap": other}[damage]
        file.execute("UPDATE vectors SET vector = ? WHERE rowid = 1", (bad,))
    _, found = store.get(SPACE, Pooling.CLS, TEXTS)
    assert found.tolist() == [False, True, True]
    assert "fail their checksum" in caplog.text
    store.put(SPACE, TEXTS[:1], vectors[:, :1])
    read, found = store.get(SPACE, Pooling.CLS, TEXTS)
    assert found.all()
    np.testing.assert_array_equal(read, vectors[0])


def test_a_file_that_is_no_store_is_set_aside(tmp_path):
    path = tmp_path / "vectors.sqlite"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    with VectorStore(path) as store:
        store.put(SPACE, TEXTS, some_vectors())
        assert store.get(SPACE, Pooling.MEAN, TEXTS)[1].all()
    assert path.with_suffix(".damaged").exists()


def test_a_full_disk_is_one_sentence_and_what_was_there_stays(store):
    store.put(SPACE, TEXTS, some_vectors())
    (pages,) = store._connection.execute("PRAGMA page_count").fetchone()
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    texts = [f"제목 {i}" for i in range(5000)]
    with pytest.raises(UserError, match="The disk is full"):
        store.put(SPACE, texts, some_vectors(len(texts)))
    assert store.get(SPACE, Pooling.MEAN, TEXTS)[1].all()


def test_a_writer_that_never_finishes_is_said(store, monkeypatch):
    monkeypatch.setattr(store_module, "_BUSY_SECONDS", 0.05)
    store._connection.execute("BEGIN IMMEDIATE")
    with VectorStore(store.path) as other, pytest.raises(UserError, match="Another process has been writing"):
        other.put(SPACE, TEXTS, some_vectors())
    store._connection.execute("ROLLBACK")
