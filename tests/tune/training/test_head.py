import numpy as np
import pytest
import torch
from scipy.special import softmax

from core.tune.training.head import Head


def head_of(scale: float, classes: int = 3) -> Head:
    head = Head(classes, classes, dropout=0.5, pairs=False)
    with torch.no_grad():
        head.linear.weight.copy_(scale * torch.eye(classes))
        head.linear.bias.fill_(0.5)
    return head


def drawn(n: int, seed: int = 0) -> tuple[list[torch.Tensor], np.ndarray]:
    """Logits and labels drawn from their own softmax: at a scale of 1 the head is calibrated."""
    generator = np.random.default_rng(seed)
    logits = generator.normal(size=(n, 3))
    labels = np.array([generator.choice(3, p=row) for row in softmax(logits, axis=1)])
    return [torch.from_numpy(logits).float()], labels


@pytest.mark.parametrize("scale", [2.0, 4.0])
def test_the_temperature_that_made_a_head_too_certain_is_found(scale):
    columns, labels = drawn(20_000)
    head = head_of(scale)
    assert head.soften(columns, labels) == pytest.approx(scale, rel=0.05)
    head.eval()
    probabilities = torch.softmax(head(columns), -1)
    torch.testing.assert_close(probabilities, torch.softmax(columns[0], -1), atol=0.02, rtol=0)
    assert (head(columns).argmax(-1) == columns[0].argmax(-1)).all()


def test_no_probability_gets_more_certain():
    columns, labels = drawn(20_000)
    head = head_of(0.5)
    before = head.linear.weight.clone(), head.linear.bias.clone()
    assert head.soften(columns, labels) == 1.0
    assert torch.equal(head.linear.weight, before[0])
    assert torch.equal(head.linear.bias, before[1])


@pytest.mark.parametrize("labels", [np.array([], int), np.array([0])])
def test_none_or_one_example_that_is_right_changes_nothing(labels):
    head = head_of(5.0)
    columns = [torch.eye(3)[: len(labels)]]
    assert head.soften(columns, labels) == 1.0
    assert torch.equal(head.linear.weight, 5.0 * torch.eye(3))


def test_logits_that_are_no_numbers_change_nothing():
    head = head_of(float("nan"))
    assert head.soften([torch.eye(3)], np.arange(3)) == 1.0
