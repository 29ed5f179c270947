import itertools
import multiprocessing
import sqlite3
import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from core.embed.pooling import CLS, MAX, MEAN, POOLINGS, pooling_row
from core.embed.store import connection as connection_module
from core.embed.store.vector_store import Space, VectorStore
from core.errors import UserError

SPACE = Space("key", "tiny", 4)
TEXTS = ["삼성전자 급등", "카카오 급락", "코스피 보합"]


def some_vectors(count=3, seed=0):
    return np.random.default_rng(seed).normal(size=(3, count, SPACE.dim)).astype(np.float32)


@pytest.fixture
def store(tmp_path):
    with VectorStore(tmp_path) as store:
        yield store


@pytest.mark.parametrize("pooling", POOLINGS)
def test_what_is_put_comes_back_in_the_order_asked(store, pooling):
    vectors = some_vectors()
    store.put(SPACE, TEXTS, vectors)
    read, found = store.get(SPACE, pooling, [TEXTS[2], "처음 보는 제목", TEXTS[0]])
    assert found.tolist() == [True, False, True]
    np.testing.assert_array_equal(read[[0, 2]], vectors[pooling_row(pooling)][[2, 0]])


def test_a_few_texts_are_found_among_many(store):
    texts = [f"제목 {i}" for i in range(2000)]
    vectors = some_vectors(len(texts))
    store.put(SPACE, texts, vectors)
    wanted = list(range(0, 2000, 3))
    read, found = store.get(SPACE, MAX, [texts[i] for i in wanted])
    assert found.all()
    np.testing.assert_array_equal(read, vectors[2, wanted])


def test_an_empty_store_has_nothing(store):
    _, found = store.get(SPACE, MEAN, TEXTS)
    assert not found.any()


def test_another_encoder_key_does_not_share_vectors(store):
    store.put(SPACE, TEXTS, some_vectors())
    _, found = store.get(replace(SPACE, encoder="other key"), MEAN, TEXTS)
    assert not found.any()


def test_writing_the_same_text_again_keeps_one_row_per_pooling(store):
    first = some_vectors()
    store.put(SPACE, TEXTS, first)
    store.put(SPACE, TEXTS, some_vectors(seed=1))
    read, _ = store.get(SPACE, CLS, TEXTS)
    np.testing.assert_array_equal(read, first[0])
    assert [size.entries for size in store.sizes()] == [3]


def write_many(folder, seed, rounds=20):
    with VectorStore(folder) as store:
        for i in range(rounds):
            store.put(SPACE, [f"제목 {i}"], some_vectors(1, seed))


@pytest.mark.slow
def test_two_processes_may_write_the_same_texts(tmp_path):
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=write_many, args=(tmp_path, seed)) for seed in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    with VectorStore(tmp_path) as store:
        assert [size.entries for size in store.sizes()] == [20]


def write_until_killed(folder, written):
    with VectorStore(folder) as store:
        for i in itertools.count():
            store.put(SPACE, [f"제목 {i}"], some_vectors(1))
            written.send(i)


@pytest.mark.slow
def test_a_writer_killed_at_any_moment_loses_nothing_it_had_written(tmp_path):
    context = multiprocessing.get_context("spawn")
    written, sent = context.Pipe(duplex=False)
    writer = context.Process(target=write_until_killed, args=(tmp_path, sent))
    writer.start()
    sent.close()  # here: a writer that ends by itself is an EOFError now, not an endless wait
    last = [written.recv() for _ in range(30)][-1]
    writer.kill()
    writer.join()
    with VectorStore(tmp_path) as store:
        assert store.get(SPACE, MEAN, [f"제목 {i}" for i in range(last + 1)])[1].all()
        store.put(SPACE, TEXTS, some_vectors())


@pytest.fixture
def connection(store):
    """The connection of a store that holds `TEXTS`."""
    store.put(SPACE, TEXTS, some_vectors())
    return store._files[store.path(SPACE.encoder)]._connection


def count_rows(connection):
    tables = [f"vectors_{pooling}" for pooling in POOLINGS]
    return [connection.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0] for table in tables]


def test_vectors_can_be_read_into_an_array_that_is_there(store):
    vectors = some_vectors()
    store.put(SPACE, TEXTS, vectors)
    out = np.full((5, SPACE.dim), 7, np.float32)
    read, found = store.get(SPACE, MEAN, [*TEXTS[:2], "처음"], out[1:4])
    assert np.shares_memory(read, out)
    assert found.tolist() == [True, True, False]
    np.testing.assert_array_equal(out[1:3], vectors[pooling_row(MEAN), :2])
    assert (out[[0, 3, 4]] == 7).all()


@pytest.mark.slow
def test_reading_holds_the_vectors_in_memory_once(store):
    space = replace(SPACE, dim=256)
    texts = [f"제목 {i}" for i in range(20_000)]
    store.put(space, texts, np.zeros((3, len(texts), space.dim), np.float32))
    store.get(space, MEAN, texts)  # fills the cache of the file
    tracemalloc.start()
    vectors, _ = store.get(space, MEAN, texts)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1.75 * vectors.nbytes


def test_looking_into_an_empty_store_makes_no_file(store):
    store.get(SPACE, MEAN, TEXTS)
    assert store.sizes() == []
    assert list(store.folder.rglob("*.sqlite")) == []


def test_sizes_count_the_texts_of_each_encoder_and_the_disk_they_take(store, connection):
    store.put(replace(SPACE, encoder="other key", name="other"), TEXTS[:1], some_vectors(1))
    sizes = {size.name: size for size in store.sizes()}
    assert {name: (size.entries, size.dim) for name, size in sizes.items()} == {
        "tiny": (3, 4),
        "other": (1, 4),
    }
    store.close()
    assert sizes["tiny"].encoder == SPACE.encoder
    assert store.path(SPACE.encoder).stat().st_size / 1e6 == pytest.approx(
        store.sizes()[0].megabytes, abs=0.1
    )


def test_the_count_stays_right_through_repeats_and_damage(store, connection):
    store.put(SPACE, [*TEXTS, "제목"], some_vectors(4))
    connection.execute("UPDATE vectors_mean SET checksum = 1 WHERE rowid = 1")
    store.get(SPACE, MEAN, TEXTS)
    assert (store.sizes()[0].entries, count_rows(connection)) == (3, [4, 3, 4])
    store.put(SPACE, TEXTS, some_vectors())
    assert (store.sizes()[0].entries, count_rows(connection)) == (4, [4, 4, 4])


@pytest.mark.parametrize("named_by", ["encoder", "name"])
def test_pruning_removes_one_encoder_and_gives_its_disk_space_back(store, named_by):
    space = replace(SPACE, dim=384)
    texts = [f"제목 {i}" for i in range(500)]
    store.put(space, texts, np.ones((3, 500, 384), np.float32))
    other = replace(SPACE, encoder="other key", name="other")
    store.put(other, TEXTS, some_vectors())
    before = sum(file.stat().st_size for file in store.folder.iterdir()) / 1e6
    pruned = store.prune(getattr(space, named_by))
    after = sum(file.stat().st_size for file in store.folder.iterdir()) / 1e6
    assert (pruned.name, pruned.entries, pruned.waiting) == ("tiny", 500, False)
    assert pruned.megabytes == pytest.approx(before - after, abs=0.1)
    assert pruned.megabytes > 2
    assert [size.name for size in store.sizes()] == ["other"]
    assert not store.get(space, MEAN, texts)[1].any()
    assert store.get(other, MEAN, TEXTS)[1].all()
    store.put(space, texts, np.ones((3, 500, 384), np.float32))
    assert store.get(space, CLS, texts)[1].all()


@pytest.mark.slow
def test_pruning_while_another_process_reads_says_that_the_space_comes_later(store):
    space = replace(SPACE, dim=384)
    store.put(space, ["제목"], np.ones((3, 1, 384), np.float32))
    with VectorStore(store.folder) as other:
        assert other.get(space, MEAN, ["제목"])[1].all()
        reader = other._files[other.path(space.encoder)]._connection
        reader.execute("BEGIN")
        assert reader.execute("SELECT COUNT(*) FROM vectors_mean").fetchone() == (1,)
        pruned = store.prune(space.name)
        assert (pruned.entries, pruned.waiting) == (1, True)
        assert "comes back when" in str(pruned.message())
        assert reader.execute("SELECT COUNT(*) FROM vectors_mean").fetchone() == (1,)
        reader.execute("COMMIT")
    assert not store.get(space, MEAN, ["제목"])[1].any()


def test_pruning_while_another_process_writes_is_refused_in_one_sentence(store, connection, monkeypatch):
    monkeypatch.setattr(connection_module, "BUSY_SECONDS", 0.05)
    connection.execute("BEGIN IMMEDIATE")
    with (
        VectorStore(store.folder) as other,
        pytest.raises(UserError, match="Another process has been writing"),
    ):
        other.prune(SPACE.name)
    connection.execute("ROLLBACK")
    assert store.get(SPACE, MEAN, TEXTS)[1].all()


def test_pruning_a_damaged_file_frees_its_space_too(store, connection):
    (page,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'vectors_cls'").fetchone()
    store.close()
    with store.path(SPACE.encoder).open("r+b") as file:
        file.seek((page - 1) * 16_384)
        file.write(b"\xff" * 100)
    assert store.prune(SPACE.name).entries == 3
    assert list(store.folder.iterdir()) == []


def test_an_encoder_of_which_nothing_is_kept_cannot_be_pruned(store, connection):
    with pytest.raises(UserError, match="no vectors of the encoder nothing"):
        store.prune("nothing")
    assert [size.entries for size in store.sizes()] == [3]


@pytest.mark.parametrize("damage", ["flip", "cut", "swap", "type"])
def test_a_damaged_vector_is_noticed_logged_and_written_anew(store, connection, caplog, damage):
    vectors = some_vectors()
    (blob,) = connection.execute("SELECT vector FROM vectors_cls WHERE rowid = 1").fetchone()
    (other,) = connection.execute("SELECT vector FROM vectors_mean WHERE rowid = 1").fetchone()
    bad = {"flip": bytes([blob[0] ^ 1]) + blob[1:], "cut": blob[:-4], "swap": other, "type": 7}[damage]
    connection.execute("UPDATE vectors_cls SET vector = ? WHERE rowid = 1", (bad,))
    _, found = store.get(SPACE, CLS, TEXTS)
    assert found.tolist() == [False, True, True]
    assert "fail their checksum" in caplog.text
    store.put(SPACE, TEXTS[:1], vectors[:, :1])
    read, found = store.get(SPACE, CLS, TEXTS)
    assert found.all()
    np.testing.assert_array_equal(read, vectors[0])


@pytest.mark.parametrize(
    "contents",
    [b"this is not a database, whatever its name says" * 100, b"SQLite format 3\0" + b"\xff" * 5000],
)
def test_a_file_that_is_no_store_is_set_aside(store, caplog, contents):
    path = store.path(SPACE.encoder)
    path.write_bytes(contents)
    assert store.sizes() == []
    path.write_bytes(contents)
    assert not store.get(SPACE, MEAN, TEXTS)[1].any()
    store.put(SPACE, TEXTS, some_vectors())
    assert store.get(SPACE, MEAN, TEXTS)[1].all()
    assert path.with_suffix(".damaged").read_bytes() == contents
    assert "is set aside" in caplog.text


def test_a_file_of_other_tables_is_set_aside(store):
    path = store.path(SPACE.encoder)
    with sqlite3.connect(path) as file:
        file.execute("CREATE TABLE vectors_mean (text TEXT)")
    store.put(SPACE, TEXTS, some_vectors())
    assert store.get(SPACE, MEAN, TEXTS)[1].all()


def test_a_store_that_another_process_has_begun_anew_is_not_set_aside(store, connection):
    path = store.path(SPACE.encoder)
    with VectorStore(store.folder) as other:
        other._files.clear()
        path.replace(path.with_suffix(".damaged"))
        other.put(SPACE, TEXTS, some_vectors())
        store._set_aside(path)
        assert other.get(SPACE, MEAN, TEXTS)[1].all()
        assert store.get(SPACE, MEAN, TEXTS)[1].all()


def test_a_file_that_another_process_is_about_to_make_is_left_alone(store):
    path = store.path(SPACE.encoder)
    sqlite3.connect(path).execute("PRAGMA journal_mode = WAL").connection.close()
    assert store.sizes() == []
    assert path.is_file()
    store.put(SPACE, TEXTS, some_vectors())
    assert store.get(SPACE, MEAN, TEXTS)[1].all()


def test_a_full_disk_is_one_sentence_and_what_was_there_stays(store, connection):
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    texts = [f"제목 {i}" for i in range(5000)]
    with pytest.raises(UserError, match="The disk is full"):
        store.put(SPACE, texts, some_vectors(len(texts)))
    assert store.get(SPACE, MEAN, TEXTS)[1].all()
    assert store.sizes()[0].entries == 3


def test_a_writer_that_never_finishes_is_said(store, connection, monkeypatch):
    monkeypatch.setattr(connection_module, "BUSY_SECONDS", 0.05)
    connection.execute("BEGIN IMMEDIATE")
    with (
        VectorStore(store.folder) as other,
        pytest.raises(UserError, match="Another process has been writing"),
    ):
        other.put(SPACE, TEXTS, some_vectors())
    connection.execute("ROLLBACK")


def test_a_reader_does_not_wait_for_a_writer(store, connection, monkeypatch):
    monkeypatch.setattr(connection_module, "BUSY_SECONDS", 0.05)
    connection.execute("BEGIN IMMEDIATE")
    with VectorStore(store.folder) as other:
        assert other.get(SPACE, MEAN, TEXTS)[1].all()
    connection.execute("ROLLBACK")


def open_at_once(folder, barrier, seed):
    for turn in range(150):
        barrier.wait()
        write_many(folder / str(turn), seed, rounds=1)


@pytest.mark.slow
def test_many_processes_may_begin_the_same_store_at_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(6, timeout=300)
    writers = [context.Process(target=open_at_once, args=(tmp_path, barrier, seed)) for seed in range(6)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0] * 6
    for turn in range(150):
        with VectorStore(tmp_path / str(turn)) as store:
            assert [size.entries for size in store.sizes()] == [1]


class FullDisk:
    """A connection to a file on a disk so full that not even a row can be deleted."""

    def __init__(self, connection):
        self._real = connection

    def __getattr__(self, name):
        return getattr(self._real, name)

    def execute(self, query, *values):
        if query.startswith(("DELETE", "VACUUM")):
            error = sqlite3.OperationalError("database or disk is full")
            error.sqlite_errorcode = sqlite3.SQLITE_FULL
            raise error
        return self._real.execute(query, *values)


@pytest.fixture
def full_disk(store, connection):
    store._files[store.path(SPACE.encoder)]._connection = FullDisk(connection)


def test_pruning_frees_a_full_disk(store, full_disk):
    pruned = store.prune(SPACE.name)
    assert (pruned.entries, pruned.waiting) == (3, False)
    assert pruned.megabytes > 0
    assert list(store.folder.iterdir()) == []
    store.put(SPACE, TEXTS, some_vectors())
    assert store.get(SPACE, MEAN, TEXTS)[1].all()


@pytest.mark.slow
def test_a_file_that_another_process_has_open_is_not_removed_from_a_full_disk(store, full_disk):
    with VectorStore(store.folder) as other:
        assert other.get(SPACE, MEAN, TEXTS)[1].all()
        with pytest.raises(UserError, match="Another process"):
            store.prune(SPACE.name)
        assert other.get(SPACE, MEAN, TEXTS)[1].all()
    assert store.get(SPACE, MEAN, TEXTS)[1].all()
