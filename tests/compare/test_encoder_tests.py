"""What is measured of labelled texts: neighbours with the same label, and the silhouette."""

import numpy as np
import pytest
from sklearn.metrics import silhouette_score

from core.compare.encoder_tests import FEWEST, NEIGHBOURS, Labelled, labelled, places
from core.errors import UserError
from core.evaluate.blocks import Blocks
from core.evaluate.ledger import seal
from core.evaluate.ledger_rows import Rows
from tests.makers.train_tables import make_dataset

CLASSES = np.array(["부정", "중립", "긍정"])


def texts_of(labels, classes=3):
    n = len(labels)
    names = tuple(str(number) for number in range(classes))
    return Labelled(("",) * n, np.asarray(labels), names, Blocks(np.arange(n), unit="story"), 0)


@pytest.fixture
def world():
    rng = np.random.default_rng(1)
    labels = rng.integers(0, 3, 120)
    vectors = rng.normal(size=(120, 8))
    vectors[np.arange(120), labels] += 2
    return vectors.astype(np.float32), texts_of(labels)


def test_purity_is_the_share_of_the_nearest_with_the_same_label_and_chance_that_of_any_two(world):
    vectors, texts = world
    found = places(vectors, texts)
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    cosine = unit @ unit.T
    np.fill_diagonal(cosine, -np.inf)
    near = np.argsort(-cosine, axis=1)[:, :NEIGHBOURS]
    same = texts.labels[near] == texts.labels[:, None]
    assert found.purity.value == pytest.approx(same.mean())
    number = np.bincount(texts.labels)
    assert found.chance == pytest.approx((number * (number - 1)).sum() / (120 * 119))
    assert found.gap.value == pytest.approx(found.purity.value - found.chance)
    for score in (found.purity, found.gap, found.silhouette):
        assert score.low < score.value < score.high


def test_the_silhouette_is_that_of_scikit_learn(world):
    vectors, texts = world
    found = places(vectors, texts).silhouette.value
    assert found == pytest.approx(silhouette_score(vectors, texts.labels, metric="cosine"), abs=1e-5)


def test_a_label_of_one_text_has_no_silhouette_of_its_own(world):
    vectors, texts = world
    labels = texts.labels.copy()
    labels[7] = 3
    found = places(vectors, texts_of(labels, 4)).silhouette.value
    assert found == pytest.approx(silhouette_score(vectors, labels, metric="cosine"), abs=1e-5)


def test_equal_vectors_are_no_better_than_chance():
    found = places(np.ones((60, 4), np.float32), texts_of(np.arange(60) % 2, 2))
    assert found.silhouette.value == 0
    assert found.gap.low < 0 < found.gap.high


def table(n=60, kind="label"):
    data = make_dataset(CLASSES[np.arange(n) % 3], kind=kind)
    data.frame["headline"] = [f"서로 다른 제목 {number}" for number in range(n)]
    data.frame["story"] = np.arange(n)
    return data


def test_a_text_that_nearly_repeats_another_is_left_out(home):
    data = table()
    data.frame["story"] = np.where(np.arange(60) < 4, 0, np.arange(60))
    found = labelled(data)
    assert len(found) == 57
    assert found.left_out == 3
    assert found.texts[:2] == (data.headlines[0], data.headlines[4])


def test_a_row_without_a_label_is_left_out(home):
    data = table()
    data.frame.loc[5, "target"] = None
    assert len(labelled(data)) == 59


def test_a_row_of_a_sealed_holdout_is_left_out(home):
    data = table()
    seal(data.id, "0" * 16, Rows.of(data, np.arange(50, 60)), Rows.of(data, np.arange(40, 50)))
    assert data.headlines[55] not in labelled(data).texts


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.iloc[: FEWEST - 1], "different texts with a label"),
        (lambda frame: frame.assign(target="긍정"), "of 1 classes"),
    ],
)
def test_too_little_is_said(home, change, said):
    from dataclasses import replace

    data = table()
    with pytest.raises(UserError, match=said):
        labelled(replace(data, frame=change(data.frame).reset_index(drop=True)))


def test_numbers_are_no_labels(home):
    data = make_dataset(np.array([f"{number}번" for number in range(60)]), kind="label")
    data.frame["story"] = np.arange(60)
    with pytest.raises(UserError, match="60 different values"):
        labelled(data)
