"""A store whose files are damaged while they are open, or that cannot be opened, renamed or removed."""

import errno
import sqlite3
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.embed.pooling import CLS, MEAN
from core.embed.store import vector_store as store_module
from core.embed.store.vector_store import Space, VectorStore
from core.errors import UserError

SPACE = Space("key", "tiny", 4)
OTHER = replace(SPACE, encoder="other key", name="other")
TEXTS = [f"제목 {i}" for i in range(300)]
VECTORS = np.ones((3, len(TEXTS), SPACE.dim), np.float32)


@pytest.fixture
def store(tmp_path):
    with VectorStore(tmp_path) as store:
        yield store


def damage(path):
    """Make the table of means unreadable, for connections that have the file open as well."""
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'vectors_mean'"
        (page,) = connection.execute(query).fetchone()
    connection.close()
    with path.open("r+b") as file:
        file.seek((page - 1) * 16_384)
        file.write(b"\xff" * 100)
    with sqlite3.connect(path) as connection:  # whoever has it open drops the pages held in memory
        connection.execute("PRAGMA user_version = 7")
    connection.close()


@pytest.mark.parametrize("reopened", [False, True])
def test_a_file_damaged_while_it_is_open_is_set_aside_and_begun_anew(store, caplog, reopened):
    store.put(SPACE, TEXTS, VECTORS)  # the file was not there before
    if reopened:
        store.close()
        assert store.get(SPACE, CLS, TEXTS)[1].all()
    path = store.path(SPACE.encoder)
    damage(path)
    assert not store.get(SPACE, MEAN, TEXTS)[1].any()
    assert "is set aside" in caplog.text
    assert path.with_suffix(".damaged").is_file()
    store.put(SPACE, TEXTS, VECTORS)
    assert store.get(SPACE, MEAN, TEXTS)[1].all()


def refuse(monkeypatch, method):
    """Let the file system refuse what a `Path` is asked for."""

    def refused(self, *args, **options):
        raise PermissionError(errno.EACCES, "Permission denied", str(self))

    monkeypatch.setattr(Path, method, refused)


@pytest.mark.parametrize("method", ["unlink", "replace"])
def test_a_damaged_file_that_may_not_be_set_aside_is_one_sentence(store, monkeypatch, method):
    store.put(SPACE, TEXTS, VECTORS)
    damage(store.path(SPACE.encoder))
    refuse(monkeypatch, method)
    with pytest.raises(UserError, match="No permission to write to"):
        store.get(SPACE, MEAN, TEXTS)


def test_vectors_whose_damaged_file_may_not_be_removed_are_one_sentence(store, monkeypatch):
    store.put(SPACE, TEXTS, VECTORS)
    refuse(monkeypatch, "unlink")
    with pytest.raises(UserError, match="No permission to write to"):
        store.prune(SPACE.name)


def test_a_file_that_another_process_sets_aside_at_the_same_moment_is_begun_anew(store, monkeypatch):
    store.put(SPACE, TEXTS, VECTORS)
    store.close()
    assert store.get(SPACE, CLS, TEXTS)[1].all()
    path = store.path(SPACE.encoder)
    damage(path)
    inode = store_module._inode

    def looked_at_too_early(path):
        found = inode(path)
        path.rename(path.with_suffix(".damaged"))
        monkeypatch.setattr(store_module, "_inode", inode)
        return found

    monkeypatch.setattr(store_module, "_inode", looked_at_too_early)
    assert not store.get(SPACE, MEAN, TEXTS)[1].any()
    store.put(SPACE, TEXTS, VECTORS)
    assert store.get(SPACE, MEAN, TEXTS)[1].all()


@pytest.fixture
def beside_a_bad_one(store):
    """A store of one encoder, in whose folder another file cannot be opened."""
    store.path("bad").mkdir()
    store.put(OTHER, TEXTS, VECTORS)
    return store


def test_a_file_that_cannot_be_opened_does_not_hide_the_others(beside_a_bad_one, caplog):
    faults = []
    assert [size.name for size in beside_a_bad_one.sizes(faults.append)] == ["other"]
    assert [type(fault) for fault in faults] == [UserError]
    assert [size.name for size in beside_a_bad_one.sizes()] == ["other"]
    assert str(faults[0]) in caplog.text


def test_vectors_are_removed_beside_a_file_that_cannot_be_opened(beside_a_bad_one):
    assert beside_a_bad_one.prune("other").entries == len(TEXTS)


def test_vectors_that_may_be_in_a_file_that_cannot_be_opened_are_not_said_to_be_absent(beside_a_bad_one):
    with pytest.raises(UserError, match="No permission"):
        beside_a_bad_one.prune("tiny")
