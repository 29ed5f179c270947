import json
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

from core.embed import resolve
from core.embed.pooling import CLS, MAX, MEAN, POOLINGS, pooling_row
from core.embed.runtime import encoder as encoder_module
from core.embed.runtime import loaded, memory, precision
from core.embed.runtime.encoder import Encoder, load_encoder
from core.errors import UserError
from tests.makers.tiny_encoders import CORPUS, DIM, save_unigram, save_wordpiece

CLS, MEAN, MAX = (pooling_row(p) for p in (CLS, MEAN, MAX))
TEXTS = [*CORPUS, "↑", "코스피 코스피 코스피 반등", CORPUS[0] + " " + CORPUS[1]]


@pytest.fixture(autouse=True)
def _float32(monkeypatch):
    monkeypatch.setattr(precision, "native_halves", lambda device: ())


@pytest.fixture
def tiny(home, tmp_path):
    return Encoder.load(resolve(str(save_wordpiece(tmp_path / "tiny"))), "cpu")


@pytest.mark.parametrize("save", [save_wordpiece, save_unigram])
@pytest.mark.parametrize("pooling", POOLINGS)
def test_vectors_agree_with_sentence_transformers(home, tmp_path, save, pooling):
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling as TheirPooling
    from sentence_transformers.sentence_transformer.modules import Transformer

    folder = save(tmp_path / "tiny")
    theirs = SentenceTransformer(
        modules=[Transformer(str(folder)), TheirPooling(DIM, pooling_mode=str(pooling))], device="cpu"
    )
    ours = Encoder.load(resolve(str(folder)), "cpu").encode(TEXTS)[pooling_row(pooling)]
    np.testing.assert_allclose(ours, theirs.encode(TEXTS), atol=1e-5)


def test_an_encoder_whose_modules_normalise_gives_vectors_of_length_one(home, tmp_path):
    pytest.importorskip("sentence_transformers")
    from sentence_transformers import SentenceTransformer

    folder = save_wordpiece(tmp_path / "tiny", pooling="mean")
    kinds = {"": "Transformer", "1_Pooling": "Pooling", "2_Normalize": "Normalize"}
    modules = [
        {"idx": n, "name": str(n), "path": path, "type": f"sentence_transformers.models.{kind}"}
        for n, (path, kind) in enumerate(kinds.items())
    ]
    (folder / "modules.json").write_text(json.dumps(modules))
    ours = Encoder.load(resolve(str(folder)), "cpu").encode(TEXTS)[MEAN]
    theirs = SentenceTransformer(str(folder), device="cpu").encode(TEXTS)
    np.testing.assert_allclose(np.linalg.norm(ours, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_single_headline_waits_for_no_batch_of_a_job(tiny, monkeypatch):
    monkeypatch.setitem(encoder_module.TOKEN_BUDGET, "cpu", 20)
    alone, (single, _cut) = tiny.encode(TEXTS[:1]), tiny._tokenize(TEXTS[:1])
    begun, go_on, pooled = threading.Event(), threading.Event(), tiny._pooled

    def stands_still_in_the_job(model, ids):
        if ids != single:
            begun.set()
            assert go_on.wait(120)
        return pooled(model, ids)

    monkeypatch.setattr(tiny, "_pooled", stands_still_in_the_job)
    with ThreadPoolExecutor(2) as pool:
        job = pool.submit(lambda: list(tiny.encode_batches(TEXTS[1:] * 20)))
        try:
            assert begun.wait(60)
            answer = pool.submit(tiny.encode, TEXTS[:1]).result(60)
        finally:
            go_on.set()
        batches = job.result()
    np.testing.assert_allclose(answer, alone, atol=1e-5)
    assert len(batches) > 20  # all of them were still to come


def test_an_encoder_that_is_loaded_is_given_while_another_one_loads(home, tmp_path, monkeypatch):
    first = resolve(str(save_wordpiece(tmp_path / "first", seed=3)))
    second = resolve(str(save_wordpiece(tmp_path / "second", seed=4)))
    loaded = load_encoder(first, "cpu")
    begun, go_on, load = threading.Event(), threading.Event(), Encoder.load

    def slow(card, device, dtype=""):
        begun.set()
        assert go_on.wait(120)
        return load(card, device, dtype)

    monkeypatch.setattr(Encoder, "load", slow)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(load_encoder, second, "cpu")
        assert begun.wait(60)
        assert load_encoder(first, "cpu") is loaded
        go_on.set()
        assert waiting.result().card == second


def test_batches_padding_and_order_change_nothing(tiny, monkeypatch):
    together = tiny.encode(TEXTS)
    backwards = tiny.encode(TEXTS[::-1])[:, ::-1]
    monkeypatch.setitem(encoder_module.TOKEN_BUDGET, "cpu", 1)
    alone = tiny.encode(TEXTS)
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_allclose(together, backwards, atol=1e-5)


def test_the_poolings_differ(tiny):
    vectors = tiny.encode(TEXTS)
    assert not np.allclose(vectors[CLS], vectors[MEAN], atol=1e-2)
    assert not np.allclose(vectors[MEAN], vectors[MAX], atol=1e-2)


def test_a_batch_keeps_to_the_token_budget_and_every_text_is_in_one(tiny, monkeypatch):
    monkeypatch.setitem(encoder_module.TOKEN_BUDGET, "cpu", 40)
    shapes = []
    pooled = tiny._pooled
    monkeypatch.setattr(
        tiny, "_pooled", lambda model, ids: shapes.append(len(ids) * max(map(len, ids))) or pooled(model, ids)
    )
    batches = list(tiny.encode_batches(TEXTS))
    assert max(shapes) <= 40
    assert sorted(np.concatenate([b.indices for b in batches]).tolist()) == list(range(len(TEXTS)))
    assert batches[-1].fraction == 1


def test_truncated_texts_are_counted(tiny):
    batches = list(tiny.encode_batches(["코스피 상승 " * 200, "코스피 상승"]))
    assert sum(batch.truncated for batch in batches) == 1


def test_as_many_characters_are_read_as_the_encoder_has_room_for(tiny):
    short, long = "반도체 수출", "반도체 수출 " * 300
    assert tiny.characters_read(short) == len(short)
    assert 0 < tiny.characters_read(long) < len(long)
    start = long[: tiny.characters_read(long)]
    np.testing.assert_allclose(tiny.encode([start]), tiny.encode([long]), atol=1e-5)


def test_no_texts_give_no_vectors(tiny):
    assert tiny.encode([]).shape == (3, 0, DIM)


def test_an_empty_text_has_a_vector(tiny):
    assert np.isfinite(tiny.encode([""])).all()


def test_the_prefix_goes_before_the_text(home, tmp_path):
    plain = Encoder.load(resolve(str(save_wordpiece(tmp_path / "plain"))), "cpu")
    prefixed = Encoder.load(resolve(str(save_wordpiece(tmp_path / "prefixed", prefix="코스피 "))), "cpu")
    np.testing.assert_allclose(prefixed.encode(["상승"]), plain.encode(["코스피 상승"]), atol=1e-6)
    assert plain.key != prefixed.key


def test_out_of_memory_halves_the_batch_and_gives_the_same_vectors(tiny, monkeypatch):
    expected = tiny.encode(TEXTS)
    pooled = tiny._pooled

    def small_memory(model, ids):
        if len(ids) > 2:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return pooled(model, ids)

    monkeypatch.setattr(tiny, "_pooled", small_memory)
    np.testing.assert_allclose(tiny.encode(TEXTS), expected, atol=1e-5)


def test_a_text_that_does_not_fit_on_the_accelerator_goes_to_the_cpu(tiny, monkeypatch):
    expected = tiny.encode(TEXTS)

    def no_memory(model, ids):
        raise torch.OutOfMemoryError("CUDA out of memory")

    full = Encoder(tiny.card, tiny.file_hash, tiny._model, tiny._tokenizer, "cuda")
    monkeypatch.setattr(full, "_pooled", no_memory)
    np.testing.assert_allclose(full.encode(TEXTS), expected, atol=1e-5)


def test_an_error_that_is_not_about_memory_is_not_hidden(tiny, monkeypatch):
    def broken(model, ids):
        raise RuntimeError("mat1 and mat2 shapes cannot be multiplied")

    monkeypatch.setattr(tiny, "_pooled", broken)
    with pytest.raises(RuntimeError, match="mat1"):
        tiny.encode(TEXTS)


def test_a_process_loads_an_encoder_once_for_all_threads(home, tmp_path):
    card = resolve(str(save_wordpiece(tmp_path / "tiny", seed=9)))
    with ThreadPoolExecutor(4) as pool:
        encoders = list(pool.map(lambda _: load_encoder(card, "cpu"), range(8)))
    assert len(set(map(id, encoders))) == 1


def test_threads_share_an_encoder_without_disturbing_each_other(tiny):
    expected = tiny.encode(TEXTS)
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(lambda _: tiny.encode(TEXTS), range(8)))
    for result in results:
        np.testing.assert_allclose(result, expected, atol=1e-5)


def test_weights_that_lack_a_tensor_are_refused(home, tmp_path):
    from safetensors.numpy import load_file, save_file

    folder = save_wordpiece(tmp_path / "tiny")
    tensors = load_file(folder / "model.safetensors")
    del tensors["encoder.layer.1.output.dense.weight"]
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    with pytest.raises(UserError, match=r"Missing tensors: 1, the first is encoder"):
        Encoder.load(resolve(str(folder)), "cpu")


def test_a_damaged_weights_file_is_said_in_one_sentence(home, tmp_path):
    folder = save_wordpiece(tmp_path / "tiny")
    (folder / "model.safetensors").write_bytes(b"\0" * 64)
    with pytest.raises(UserError, match="could not be loaded"):
        Encoder.load(resolve(str(folder)), "cpu")


def test_code_that_comes_with_a_folder_is_never_run(home, tmp_path):
    import json

    folder = save_wordpiece(tmp_path / "tiny")
    config = json.loads((folder / "config.json").read_text())
    config |= {"model_type": "evil", "auto_map": {"AutoConfig": "evil.Evil", "AutoModel": "evil.Evil"}}
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    with pytest.raises(UserError, match="could not be loaded"):
        Encoder.load(resolve(str(folder)), "cpu")
    assert not (tmp_path / "ran").exists()


@pytest.mark.parametrize(
    "words",
    [
        "DefaultCPUAllocator: can't allocate memory: you tried to allocate 8 bytes.",
        "MPS backend out of memory (MPS allocated: 9.0 GB)",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
    ],
)
def test_out_of_memory_is_known_by_the_words_of_each_device(tiny, monkeypatch, words):
    pooled, sizes = Encoder._pooled, []

    def short_of_memory(self, model, ids):
        sizes.append(len(ids))
        if len(ids) > 1:
            raise RuntimeError(words)
        return pooled(self, model, ids)

    monkeypatch.setattr(Encoder, "_pooled", short_of_memory)
    assert np.isfinite(tiny.encode(TEXTS)).all()
    assert 1 in sizes


@pytest.mark.slow
def test_an_encoder_makes_room_for_the_next_where_one_alone_fits(home, tmp_path, monkeypatch):
    first, second = (resolve(str(save_wordpiece(tmp_path / str(seed), seed=seed))) for seed in (5, 6))
    loaded.encoders.clear()
    monkeypatch.setattr(
        memory, "available_bytes", lambda device="auto": 10 if loaded.encoders else 700_000_000
    )
    load_encoder(first, "cpu")
    assert memory.fits(first)
    load_encoder(second, "cpu")
    assert [one.card.id for one in loaded.encoders.values()] == [second.id]
