import numpy as np
import pytest

from core.cli.command import commands, parser
from core.embed import embed, resolve, vectors_if_stored
from core.embed.pooling import CLS, MAX, MEAN, POOLINGS, Pooling, pool_all, pooling_named, pooling_row
from core.embed.runtime import precision
from core.embed.runtime.encoder import load_encoder
from core.embed.store.vector_store import VectorStore
from core.errors import UserError
from core.train.settings import TrainSettings
from tests.makers.tiny_encoders import CORPUS, save_wordpiece

torch = pytest.importorskip("torch")


def pooled(hidden, mask):
    values = pool_all(torch.tensor(hidden), torch.tensor(mask)).numpy()
    return dict(zip(POOLINGS, values, strict=True))


def test_each_pooling_gives_the_value_its_name_promises():
    result = pooled([[[1.0, -1.0], [5.0, -3.0], [3.0, -8.0]]], [[1, 1, 1]])
    assert result[CLS].tolist() == [[1, -1]]
    assert result[MEAN].tolist() == [[3, -4]]
    assert result[MAX].tolist() == [[5, -1]]


def test_padding_counts_neither_in_the_mean_nor_in_the_maximum():
    short = pooled([[[-1.0, -2.0], [-3.0, -6.0]]], [[1, 1]])
    padded = pooled([[[-1.0, -2.0], [-3.0, -6.0], [9.0, np.nan]]], [[1, 1, 0]])
    for pooling in POOLINGS:
        np.testing.assert_array_equal(short[pooling], padded[pooling])


def test_an_unknown_pooling_is_refused_with_the_names_that_exist():
    with pytest.raises(UserError, match=r"no pooling named median.*cls, mean, max"):
        pooling_named("median")


@pytest.mark.parametrize("key", ["Last", "last token", "last;drop", "", "끝"])
def test_a_key_that_cannot_name_a_table_is_refused(key):
    with pytest.raises(ValueError, match="must be a lower-case name"):
        Pooling(
            key, "Last token", "last", "The vector of the last token.", lambda hidden, real: hidden[:, -1]
        )


LOWEST = Pooling(
    "lowest",
    "Lowest over tokens",
    "lowest",
    "The smallest value of each dimension over the tokens.",
    lambda hidden, real: hidden.masked_fill(~real, float("inf")).amin(1),
)


@pytest.fixture
def tiny(home, tmp_path, monkeypatch):
    monkeypatch.setattr(precision, "native_halves", lambda device: ())
    return str(save_wordpiece(tmp_path / "tiny"))


@pytest.fixture
def lowest(monkeypatch):
    """Return a function that registers a fourth pooling."""
    return lambda: monkeypatch.setitem(POOLINGS, LOWEST.key, LOWEST)


def test_a_registered_pooling_is_computed_and_stored_and_a_store_of_before_still_serves(tiny, lowest):
    before = {key: embed(CORPUS, tiny, key).vectors for key in POOLINGS}
    lowest()
    assert vectors_if_stored(CORPUS, tiny, "lowest") is None
    now = embed(CORPUS, tiny, "lowest")
    assert (now.embedded, now.from_store, now.pooling) == (len(CORPUS), 0, "lowest")
    expected = load_encoder(resolve(tiny)).encode(CORPUS)[pooling_row("lowest")]
    np.testing.assert_allclose(now.vectors, expected, atol=1e-5)
    assert (now.vectors <= before[MEAN]).all()
    np.testing.assert_array_equal(vectors_if_stored(CORPUS, tiny, "lowest"), now.vectors)
    for key, vectors in before.items():
        np.testing.assert_array_equal(vectors_if_stored(CORPUS, tiny, key), vectors)
    with VectorStore() as store:
        (size,) = store.sizes()
        assert size.entries == len(CORPUS)
        assert store.prune(tiny.rpartition("/")[2]).entries == len(CORPUS)
        assert store.sizes() == []
    assert all(vectors_if_stored(CORPUS, tiny, key) is None for key in POOLINGS)


def test_a_store_with_a_pooling_that_is_registered_no_longer_still_opens(tiny, lowest, monkeypatch):
    lowest()
    vectors = embed(CORPUS, tiny, MEAN).vectors
    monkeypatch.delitem(POOLINGS, "lowest")
    np.testing.assert_array_equal(vectors_if_stored(CORPUS, tiny, MEAN), vectors)
    assert embed([*CORPUS, "새 제목"], tiny, MEAN).embedded == 1


def test_a_registered_pooling_is_a_choice_of_settings_and_of_the_command_line(lowest):
    line = ["embed", "file.csv", "--out", "vectors.npy", "--pooling", "lowest"]
    with pytest.raises(UserError, match="The setting pooling is lowest"):
        TrainSettings("classify", pooling="lowest")
    with pytest.raises(SystemExit):
        parser(commands()).parse_args(line)
    lowest()
    assert TrainSettings("classify", pooling="lowest").pooling == "lowest"
    assert parser(commands()).parse_args(line).pooling == "lowest"
