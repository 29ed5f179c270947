"""The rows "Store and jobs" of the list of faults, each on the real `embed` with a tiny encoder."""

import itertools
import multiprocessing
import os
import random
import signal
import sqlite3
import time
from pathlib import Path

import numpy as np
import pytest

from core.embed import embed, resolve, vectors_if_stored
from core.embed.pooling import POOLINGS, pooling_row
from core.embed.runtime import encoder, memory, precision
from core.embed.store import vector_file
from core.embed.store.vector_store import VectorStore
from core.errors import UserError
from core.jobs import JobQueue, queue
from tests.makers.tiny_encoders import CORPUS, save_wordpiece

KILLS = 20
TEXTS = [f"{CORPUS[i % len(CORPUS)]} {i}" for i in range(6_000)]
BUDGET = 96  # tokens in a batch
# Batches that may be computed and not yet written when one core works: the one that is being written, and
# those that are made while it is (see core/embed/runtime/parallel.py).
UNWRITTEN = 3
PATIENCE = 300  # seconds after which a process that should have ended hangs


@pytest.fixture(autouse=True)
def _float32(monkeypatch):
    monkeypatch.setattr(precision, "native_halves", lambda device: ())


@pytest.fixture
def tiny(home, tmp_path):
    return str(save_wordpiece(tmp_path / "tiny"))


@pytest.fixture(scope="session")
def context():
    """Starts processes that have torch imported already, so that twenty of them do not take a minute."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        [
            "torch",
            "transformers.models.bert.modeling_bert",
            "core.embed.runtime.encoder",
            "core.embed.pipeline",
        ]
    )
    return context


def _prepare(home, last=None, moment=0.0):
    """Make this new process embed in small batches, in float32, on one core, and log each batch it computes.

    It kills itself so many seconds after it has computed batch number `last`; the next one is not begun, and
    those before it are being written meanwhile.
    """
    import torch

    os.environ["HEADLINE_LAB_HOME"] = str(home)
    torch.set_num_threads(1)
    precision.native_halves = lambda device: ()
    memory.available_bytes = lambda device="auto": 10**12
    encoder.TOKEN_BUDGET["cpu"] = BUDGET
    log = os.open(home / "computed", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    number, pooled = itertools.count(1), encoder.Encoder._pooled

    def logged(self, model, ids):
        vectors = pooled(self, model, ids)
        os.write(log, f"{len(ids)}\n".encode())
        if next(number) == last:
            time.sleep(moment)
            os.kill(os.getpid(), signal.SIGKILL)
        return vectors

    encoder.Encoder._pooled = logged


def _embed_texts(home, name, texts, last, moment):
    _prepare(home, last, moment)
    embed(texts, name)


def _embed_beside_another(home, name, texts, barrier):
    """Embed in a process that waits for the other one after both have found nothing in the store."""
    _prepare(home)
    encode_batches = encoder.Encoder.encode_batches

    def together(self, missing):
        barrier.wait()
        return encode_batches(self, missing)

    encoder.Encoder.encode_batches = together
    embed(texts, name)


def _embed_in_job(home, name, texts, last):
    _prepare(home, last)
    job = queue().submit(
        "embed", {"encoder": name}, lambda report: {"rows": embed(texts, name, "mean", report).rows}
    )
    while queue().get(job.id).active:
        time.sleep(0.01)


def _computed(home: Path) -> list[int]:
    """Return the sizes of the batches computed so far."""
    log = home / "computed"
    return [int(line) for line in log.read_text().split()] if log.exists() else []


def _ended(*processes):
    """Start the processes and return how each of them ended."""
    for process in processes:
        process.start()
    for process in processes:
        process.join(PATIENCE)
        process.kill()  # one that hangs
        process.join()
    return [process.exitcode for process in processes]


def _stored() -> int:
    with VectorStore() as store:
        sizes = store.sizes()
    return sizes[0].entries if sizes else 0


def _all_poolings(name, texts):
    return [embed(texts, name, pooling) for pooling in POOLINGS]


def _right(name, texts):
    return encoder.load_encoder(resolve(name)).encode(texts)


def _assert_right(name, texts):
    for result, expected in zip(_all_poolings(name, texts), _right(name, texts), strict=True):
        np.testing.assert_allclose(result.vectors, expected, atol=1e-5)


@pytest.mark.slow
def test_kill_9_twenty_times_in_mid_embedding_loses_only_what_was_not_yet_written(tiny, home, context):
    moments = random.Random(0)
    kept = 0
    for _ in range(KILLS):
        before, last = len(_computed(home)), moments.randint(UNWRITTEN + 1, 25)
        process = context.Process(
            target=_embed_texts, args=(home, tiny, TEXTS, last, moments.uniform(0, 0.005))
        )
        assert _ended(process) == [-signal.SIGKILL]
        sizes = _computed(home)[before:]
        assert len(sizes) == last
        written, kept = _stored() - kept, _stored()
        assert written in [sum(sizes[:n]) for n in range(last - UNWRITTEN, last + 1)]  # whole batches
    assert 0 < kept < len(TEXTS)
    rest = embed(TEXTS, tiny)
    assert (rest.from_store, rest.embedded) == (kept, len(TEXTS) - kept)
    assert _stored() == len(TEXTS)
    _assert_right(tiny, TEXTS)


@pytest.mark.slow
def test_a_server_that_is_restarted_shows_the_job_as_interrupted_and_the_embedding_resumes(
    tiny, home, context
):
    process = context.Process(target=_embed_in_job, args=(home, tiny, TEXTS[:600], 20))
    assert _ended(process) == [-signal.SIGKILL]
    jobs = JobQueue(home / "jobs")
    job = jobs.find("embed", encoder=tiny)
    assert job.status == "interrupted"
    assert str(job.message) == "The server was restarted while this was running. Start it again to go on."
    kept = _stored()
    assert 0 < kept < 600

    def work(report):
        result = embed(TEXTS[:600], tiny, "mean", report)
        return {"embedded": result.embedded, "from_store": result.from_store}

    again = jobs.submit("embed", job.subject, work)
    while jobs.get(again.id).active:
        time.sleep(0.01)
    assert jobs.find("embed", encoder=tiny).id == again.id
    assert jobs.get(again.id).result == {"embedded": 600 - kept, "from_store": kept}
    _assert_right(tiny, TEXTS[:600])


@pytest.mark.slow
def test_two_processes_embed_the_same_texts_at_once_without_error_and_one_row_each(tiny, home, context):
    texts = TEXTS[:400]
    asked = home, tiny, texts, context.Barrier(2, timeout=PATIENCE)
    assert _ended(*(context.Process(target=_embed_beside_another, args=asked) for _ in range(2))) == [0, 0]
    assert sum(_computed(home)) == 2 * len(texts)  # each has made them all
    assert _stored() == len(texts)
    (file,) = (home / "vectors").glob("*.sqlite")
    with sqlite3.connect(file) as connection:
        for pooling in POOLINGS:
            assert connection.execute(f"SELECT COUNT(*) FROM vectors_{pooling}").fetchone() == (len(texts),)
    _assert_right(tiny, texts)


@pytest.mark.slow
def test_a_disk_that_fills_up_in_mid_embedding_is_one_sentence_and_what_was_there_stays(tiny, monkeypatch):
    monkeypatch.setitem(encoder.TOKEN_BUDGET, "cpu", 200)
    embed(TEXTS[:50], tiny)
    connect = vector_file.connect

    def small_disk(path):
        connection = connect(path)
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + 12}")
        return connection

    with monkeypatch.context() as patch:
        patch.setattr(vector_file, "connect", small_disk)
        with pytest.raises(UserError, match="The disk is full"):
            embed(TEXTS[:3_000], tiny)
        assert vectors_if_stored(TEXTS[:50], tiny) is not None
    kept = _stored()
    assert 50 < kept < 3_000
    assert embed(TEXTS[:3_000], tiny).from_store == kept
    _assert_right(tiny, TEXTS[:3_000])


def _flip(file, position, mask=0x10):
    with file.open("r+b") as raw:
        raw.seek(position)
        (byte,) = raw.read(1)
        raw.seek(position)
        raw.write(bytes([byte ^ mask]))


@pytest.fixture
def file(tiny, home):
    """The file of a store in which 300 texts are embedded."""
    embed(TEXTS[:300], tiny)
    (file,) = (home / "vectors").glob("*.sqlite")
    return file


def test_a_byte_flipped_inside_a_vector_is_noticed_logged_and_computed_anew(tiny, file, caplog):
    blob = embed(TEXTS[:300], tiny, "mean").vectors[7].tobytes()
    _flip(file, file.read_bytes().index(blob) + 5)
    result = embed(TEXTS[:300], tiny, "mean")
    assert (result.embedded, result.from_store) == (1, 299)
    assert "1 vectors in" in caplog.text
    assert embed(TEXTS[:300], tiny, "mean").embedded == 0
    _assert_right(tiny, TEXTS[:300])


def test_a_byte_flipped_inside_a_page_of_the_tree_is_noticed_logged_and_computed_anew(tiny, file, caplog):
    with sqlite3.connect(file) as connection:
        query = "SELECT rootpage FROM sqlite_master WHERE name = 'vectors_mean'"
        (page,) = connection.execute(query).fetchone()
    _flip(file, (page - 1) * 16_384)  # what kind of page it is
    assert embed(TEXTS[:300], tiny, "mean").embedded == 300
    assert "is set aside" in caplog.text
    assert embed(TEXTS[:300], tiny, "mean").embedded == 0
    _assert_right(tiny, TEXTS[:300])


def test_a_file_cut_short_is_noticed_and_computed_anew(tiny, file):
    os.truncate(file, file.stat().st_size // 2 + 1000)
    _assert_right(tiny, TEXTS[:300])
    assert embed(TEXTS[:300], tiny, "mean").embedded == 0


@pytest.mark.slow
def test_a_byte_flipped_anywhere_never_gives_a_wrong_vector_or_an_error_and_heals(tiny, file):
    whole = file.read_bytes()
    places = random.Random(0)
    header, anywhere = range(110), range(len(whole))
    tree = [p for start in range(0, len(whole), 16_384) for p in range(start, start + 600)]
    expected = _right(tiny, TEXTS[:300])
    for number in range(180):
        position = places.choice((header, tree, anywhere)[number % 3])
        file.write_bytes(whole)
        _flip(file, position, 1 << places.randrange(8))
        for _time in range(4):  # an index out of order may lose more texts as it is mended
            results = _all_poolings(tiny, TEXTS[:300])
            for result, right in zip(results, expected, strict=True):
                np.testing.assert_allclose(result.vectors, right, atol=1e-5, err_msg=f"byte {position}")
            if not any(result.embedded for result in results):
                break
        assert [result.embedded for result in results] == [0, 0, 0], f"byte {position} is not healed"


def _out_of_memory(limit):
    """Return `Encoder._pooled` for a device that holds so many texts at once, and the sizes it was asked for."""
    import torch

    asked, pooled = [], encoder.Encoder._pooled

    def small_memory(self, model, ids):
        asked.append((self.device, len(ids)))
        if len(ids) > limit[self.device]:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return pooled(self, model, ids)

    return small_memory, asked


def _cosines(vectors, expected):
    one, other = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in (vectors, expected))
    return (one * other).sum(1)


def test_out_of_memory_halves_the_batch_down_to_one_text(tiny, monkeypatch):
    expected = _right(tiny, TEXTS[:40])
    small_memory, asked = _out_of_memory({"cpu": 1})
    monkeypatch.setattr(encoder.Encoder, "_pooled", small_memory)
    results = _all_poolings(tiny, TEXTS[:40])
    sizes = sorted({size for _device, size in asked})
    assert sizes[0] == 1
    assert all(size // 2 in sizes for size in sizes[1:])
    assert sum(size == 1 for _device, size in asked) == 40
    for result, right in zip(results, expected, strict=True):
        assert _cosines(result.vectors, right).min() >= 0.9999


def test_a_text_that_alone_does_not_fit_on_the_accelerator_goes_to_the_cpu(tiny, monkeypatch):
    expected = _right(tiny, TEXTS[:10])
    real = encoder.load_encoder
    spare = real(resolve(tiny), "cpu")
    full = encoder.Encoder(spare.card, spare.file_hash, spare._model, spare._tokenizer, "cuda")
    monkeypatch.setattr(encoder.Encoder, "device_name", property(lambda self: self.device.upper()))
    monkeypatch.setattr(
        "core.embed.pipeline.load_encoder", lambda card, device="auto": full if device == "auto" else spare
    )
    small_memory, asked = _out_of_memory({"cuda": 0, "cpu": 1})
    monkeypatch.setattr(encoder.Encoder, "_pooled", small_memory)
    result = embed(TEXTS[:10], tiny, "mean")
    assert (result.device, result.embedded) == ("CUDA", 10)
    assert [size for device, size in asked if device == "cpu"] == [1] * 10
    assert _cosines(result.vectors, expected[pooling_row("mean")]).min() >= 0.9999
