"""The losses."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from core.errors import UserError
from core.tune.training.objective import class_weights, objective_of, positive_class
from tests.makers import tunings

ADDITIVE = [{}, {"class_weight": "balanced"}, {"method": "pairs"}, {"method": "pairs", "loss": "softmax"}]
WHOLE = [
    {"method": "triplet"},
    {"method": "pairs", "loss": "cosent"},
    {"method": "pairs", "loss": "multiple_negatives"},
]


def made(tmp_path, **choices):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), **choices)
    model, examples = tunings.model(settings), tunings.examples_for(settings)
    model.train(False)
    labels = examples.labels[:13] if examples.classes else examples.labels[:13].astype(np.float32)
    columns = [torch.from_numpy(model.embed(column[:13])) for column in examples.columns]
    return objective_of(model, settings, labels), columns, labels


@pytest.mark.parametrize("choices", ADDITIVE)
def test_the_loss_of_an_additive_batch_is_the_weighted_mean_of_its_parts(home, tmp_path, choices):
    objective, columns, labels = made(tmp_path, **choices)
    assert objective.additive
    whole = objective.loss(columns, torch.from_numpy(labels))
    parts = [slice(0, 5), slice(5, 13)]
    losses = [
        objective.loss([one[part] for one in columns], torch.from_numpy(labels[part])) for part in parts
    ]
    sizes = [objective.size(labels[part]) / objective.size(labels) for part in parts]
    assert sum(a * b for a, b in zip(losses, sizes, strict=True)).item() == pytest.approx(
        whole.item(), rel=1e-5
    )


@pytest.mark.parametrize("choices", WHOLE)
def test_losses_that_compare_examples_are_not_additive(home, tmp_path, choices):
    assert not made(tmp_path, **choices)[0].additive


def test_margin_and_distance_are_those_of_the_settings(home, tmp_path):
    from sentence_transformers.sentence_transformer.losses import (
        BatchHardTripletLoss,
        BatchHardTripletLossDistanceFunction,
    )

    objective, columns, labels = made(
        tmp_path, method="triplet", loss="batch_hard", distance="euclidean", margin=3.0
    )
    theirs = BatchHardTripletLoss(None, BatchHardTripletLossDistanceFunction.euclidean_distance, 3.0)
    known = torch.from_numpy(labels)
    assert objective.loss(columns, known).item() == pytest.approx(
        theirs.compute_loss_from_embeddings(columns, known).item()
    )


def test_vectors_have_length_1_where_the_encoders_own_have(home, tmp_path):
    settings = tunings.tuning(tunings.encoder(tmp_path / "e"), method="triplet", distance="euclidean")
    model = tunings.model(settings)
    model.card = replace(model.card, normalised=True)
    objective, labels = objective_of(model, settings, np.arange(4) % 2), torch.arange(4) % 2
    vectors = torch.randn(4, 8)
    loss, longer = (objective.loss([one], labels).item() for one in (vectors, 7 * vectors))
    assert loss == pytest.approx(longer, rel=1e-5)


def test_balanced_weights_give_each_class_the_same_part():
    labels = np.array([0, 0, 0, 1])
    weights = class_weights(labels, 2, "balanced")
    assert weights[labels].sum() == pytest.approx(4)
    assert weights[0] * 3 == pytest.approx(weights[1])


@pytest.mark.parametrize(("classes", "place"), [(("Contradiction", "Entailment"), 1), (("함의", "모순"), 0)])
def test_the_pairs_that_belong_together_are_known_by_the_name_of_their_label(classes, place):
    assert positive_class(classes) == place


def test_labels_of_which_none_says_together_are_a_sentence():
    with pytest.raises(UserError, match="A, B"):
        positive_class(("A", "B"))
