"""The training loop, on tiny encoders."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from core.errors import UserError
from core.jobs import Cancelled
from core.tune.examples import Parts
from core.tune.training import fit as fit_module
from core.tune.training.evaluation import Values, evaluate
from core.tune.training.fit import fit
from core.tune.training.layers import trainable
from core.tune.training.objective import objective_of
from core.tune.training.optimiser import Optimiser, average_share
from tests.makers import tunings

METHODS = {
    "classify": {},
    "triplet": {"method": "triplet"},
    "pairs": {"method": "pairs"},
    "softmax": {"method": "pairs", "loss": "softmax"},
    "multiple_negatives": {"method": "pairs", "loss": "multiple_negatives", "batch_size": 4},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tunings.encoder(tmp_path_factory.mktemp("encoder") / "tiny")


@pytest.fixture(autouse=True)
def _at_home(home):
    """No test here writes into the user's workspace."""


@pytest.fixture
def at_every_step(monkeypatch):
    monkeypatch.setattr(fit_module, "REPORT_EVERY", 0.0)
    monkeypatch.setattr(fit_module, "WATCH_EVERY", 0.0)


def weights_of(model):
    return {
        name: weight.detach().numpy().copy() for name, weight in trainable(model.model, model.head).items()
    }


def stop_after(count):
    calls = iter(range(count))
    return lambda: next(calls, None) is None


@pytest.mark.slow
def test_a_classifier_learns_what_words_tell_apart(folder):
    settings = tunings.tuning(folder, epochs=12, learning_rate=3e-3)
    history = fit(tunings.model(settings), tunings.examples(96), tunings.parts(96, 72), settings)
    assert history.losses[-1] < min(0.3, history.losses[0])
    assert max(point.score for point in history.points) > 0.8


def test_the_head_starts_from_what_the_encoder_says_before_it_is_trained(tmp_path):
    plain = tunings.encoder(tmp_path / "tiny", dropout=False)
    settings = tunings.tuning(plain, epochs=1, learning_rate=1e-9, adversarial=0.0)
    history = fit(tunings.model(settings), tunings.examples(96), tunings.parts(96, 72), settings)
    assert history.points[-1].train_score > 0.8
    assert history.losses[0] < np.log(3) - 0.1
    assert np.mean(history.losses) < np.log(3) - 0.1


def test_the_head_starts_without_the_validation_texts(folder):
    settings, examples, parts = tunings.tuning(folder, epochs=1), tunings.examples(96), tunings.parts(96, 72)
    turned = replace(examples, labels=np.r_[examples.labels[:72], 2 - examples.labels[72:]])
    one, other = tunings.model(settings), tunings.model(settings)
    fit(one, examples, parts, settings)
    fit(other, turned, parts, settings)
    for name, weight in one.model.state_dict().items():
        np.testing.assert_array_equal(other.model.state_dict()[name], weight, err_msg=name)
    first, second = (model.head.linear.weight.detach() for model in (one, other))
    temperature = (first / second).flatten()  # all that the validation texts have a say in
    np.testing.assert_allclose(temperature, temperature[0], rtol=1e-4)


@pytest.mark.parametrize("labels", [(0, 1), (0, 2), (2,)])
def test_a_class_that_is_not_taught_has_no_part_in_the_start(folder, labels):
    settings = tunings.tuning(folder, epochs=1)
    examples = tunings.examples(96)
    taught = np.flatnonzero(np.isin(examples.labels, labels))
    parts = Parts(taught, np.arange(90, 96), np.arange(90, 96))
    assert np.isfinite(fit(tunings.model(settings), examples, parts, settings).losses).all()


def test_the_averages_are_measured_and_left(folder, monkeypatch):
    settings, examples, parts = tunings.tuning(folder, epochs=1), tunings.examples(), tunings.parts()
    seen = []
    step = Optimiser.step

    def watched(optimiser, done):
        step(optimiser, done)
        seen.append({name: weight.clone() for name, weight in optimiser.detached().items()})

    monkeypatch.setattr(Optimiser, "step", watched)
    model = tunings.model(settings)
    fit(model, examples, parts, settings)
    average = seen[0]
    for number, weights in enumerate(seen[1:], 1):
        share = average_share(number)
        average = {name: (1 - share) * average[name] + share * weight for name, weight in weights.items()}
    for name, weight in weights_of(model).items():
        if name.startswith("head."):  # softened at the end: the same but for the temperature
            weight, average[name] = (
                part / np.linalg.norm(part) for part in (weight, np.asarray(average[name]))
            )
        np.testing.assert_allclose(weight, average[name], atol=1e-6, err_msg=name)
        assert not np.array_equal(weight, seen[-1][name])


@pytest.mark.slow
def test_triplets_move_the_texts_of_a_class_together(folder):
    settings = tunings.tuning(folder, method="triplet", epochs=12, batch_size=12)
    history = fit(tunings.model(settings), tunings.examples(96), tunings.parts(96, 72), settings)
    assert history.points[-1].score > history.points[0].score + 0.2
    assert np.isnan(history.points[-1].f1)


@pytest.mark.slow
@pytest.mark.parametrize("choices", METHODS.values(), ids=METHODS)
def test_a_training_that_was_cut_off_goes_on_to_the_same_weights(folder, tmp_path, at_every_step, choices):
    settings = tunings.tuning(folder, **choices)
    examples, parts = tunings.examples_for(settings), tunings.parts()
    whole = tunings.model(settings)
    history = fit(whole, examples, parts, settings)
    middle = len(history.losses) // 2 + 1  # within the second epoch

    def report(_fraction, _template, /, **values):
        if values.get("step") == middle:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit(tunings.model(settings), examples, parts, settings, report, tmp_path)
    resumed, epochs = tunings.model(settings), []
    again = fit(
        resumed, examples, parts, settings, lambda *_, **values: epochs.append(values.get("epoch")), tmp_path
    )
    assert 1 not in epochs
    assert again.losses == history.losses
    assert [point.score for point in again.points] == [point.score for point in history.points]
    for name, weight in weights_of(whole).items():
        np.testing.assert_array_equal(weights_of(resumed)[name], weight, err_msg=name)


def test_a_training_goes_on_from_a_checkpoint_within_an_epoch(folder, tmp_path, at_every_step, monkeypatch):
    settings = tunings.tuning(folder, epochs=1)
    examples, parts = tunings.examples(), tunings.parts()
    whole = fit(tunings.model(settings), examples, parts, settings)
    monkeypatch.setattr("core.tune.training.checkpoint.EVERY", 0.0)
    monkeypatch.setattr("core.tune.training.checkpoint._WRITING", 0)

    def report(_fraction, _template, /, **values):
        if values.get("step") == 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        fit(tunings.model(settings), examples, parts, settings, report, tmp_path)
    steps = []
    again = fit(
        tunings.model(settings),
        examples,
        parts,
        settings,
        lambda *_, **values: steps.append(values.get("step")),
        tmp_path,
    )
    assert next(step for step in steps if step) == 3
    assert again.losses == whole.losses


def test_a_training_that_is_done_is_not_repeated(folder, tmp_path, at_every_step):
    settings = tunings.tuning(folder)
    first = tunings.model(settings)
    history = fit(first, tunings.examples(), tunings.parts(), settings, folder=tmp_path)
    second, steps = tunings.model(settings), []
    again = fit(
        second,
        tunings.examples(),
        tunings.parts(),
        settings,
        lambda *_, **values: steps.append(values.get("step")),
        tmp_path,
    )
    assert not any(steps)
    assert again == history
    for name, weight in weights_of(first).items():
        np.testing.assert_array_equal(weights_of(second)[name], weight, err_msg=name)


def test_a_checkpoint_of_other_settings_counts_as_none(folder, tmp_path):
    settings = tunings.tuning(folder, epochs=1)
    fit(tunings.model(settings), tunings.examples(), tunings.parts(), settings, folder=tmp_path)
    other = replace(settings, seed=7)
    again = fit(tunings.model(other), tunings.examples(), tunings.parts(), other, folder=tmp_path)
    fresh = fit(tunings.model(other), tunings.examples(), tunings.parts(), other)
    assert again.losses == fresh.losses


def test_stopping_within_an_epoch_measures_and_keeps_the_best(folder):
    settings = tunings.tuning(folder)
    model = tunings.model(settings)
    history = fit(model, tunings.examples(), tunings.parts(), settings, stop=stop_after(6))
    assert (history.stopped, len(history.losses)) == ("asked", 7)
    assert [point.epoch for point in history.points] == [1, 2]


def test_the_best_weights_are_left_in_the_model(folder):
    settings = tunings.tuning(folder, epochs=6, learning_rate=2e-2)
    model, examples, parts = tunings.model(settings), tunings.examples(), tunings.parts()
    history = fit(model, examples, parts, settings)
    best = history.points[history.best_epoch - 1]
    assert best.score == max(point.score for point in history.points)
    objective = objective_of(model, settings, examples.labels[parts.train])
    tokens = (model.tokens(examples.texts),)
    values = evaluate(model, objective, settings, tokens, examples.labels, parts.valid)
    assert values.score == best.score
    assert values.loss == pytest.approx(best.valid_loss, rel=1e-5)


def test_training_ends_early_without_improvement(folder, monkeypatch):
    settings = tunings.tuning(folder, epochs=10, patience=2)
    measured = iter([0.5, 0.0, 0.6, 0.0, 0.6, 0.0, 0.6, 0.0, 0.9, 0.0])  # validation and training in turn
    monkeypatch.setattr(fit_module, "evaluate", lambda *_: Values(1.0, score := next(measured), score))
    history = fit(tunings.model(settings), tunings.examples(), tunings.parts(), settings)
    assert (history.stopped, history.best_epoch, len(history.points)) == ("early", 2, 4)


def test_without_validation_texts_the_last_epoch_is_kept(folder):
    settings = tunings.tuning(folder, patience=1)
    nobody = replace(tunings.parts(), valid=np.array([], int))
    history = fit(tunings.model(settings), tunings.examples(), nobody, settings)
    assert (history.best_epoch, history.stopped) == (3, "done")


def test_the_curves_can_be_watched(folder, at_every_step):
    settings, seen = tunings.tuning(folder, epochs=2), []
    history = fit(tunings.model(settings), tunings.examples(), tunings.parts(), settings, watch=seen.append)
    assert [len(one.losses) for one in seen] == list(range(1, len(history.losses) + 1))
    assert [one.stopped for one in seen[:-1]] == [""] * (len(seen) - 1)
    assert seen[-1] == history


def test_a_loss_that_is_no_number_ends_the_training_in_a_sentence(folder):
    settings = tunings.tuning(folder)
    model = tunings.model(settings)
    next(iter(model.model.encoder.layer[0].parameters())).data[0] = float("nan")
    with pytest.raises(UserError, match="diverged"):
        fit(model, tunings.examples(), tunings.parts(), settings)


def test_no_texts_to_train_on_are_a_sentence(folder):
    settings = tunings.tuning(folder)
    nobody = replace(tunings.parts(), train=np.array([], int))
    with pytest.raises(UserError, match="no texts to train on"):
        fit(tunings.model(settings), tunings.examples(), nobody, settings)


def test_the_random_state_of_the_process_is_left_as_it_was(folder):
    import torch

    settings = tunings.tuning(folder, epochs=1)
    model, before = tunings.model(settings), torch.get_rng_state()
    fit(model, tunings.examples(), tunings.parts(), settings)
    assert torch.equal(before, torch.get_rng_state())
