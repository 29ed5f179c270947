"""The choices that make a tuning, validated where they are made."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from core.embed.encoder_card import EncoderCard
from core.embed.pooling import POOLINGS
from core.locale import N_
from core.validation import require_choice, require_settings

CLASSIFY, TRIPLET, PAIRS = "classify", "triplet", "pairs"


@dataclass(frozen=True)
class Method:
    """A way to tune: its name, and what it does, each to be translated."""

    title: str
    purpose: str


METHODS = {
    CLASSIFY: Method(N_("Classify"), N_("Trained end to end with a head, on texts with a label each.")),
    TRIPLET: Method(
        N_("Triplet"), N_("Texts of one class are moved together, those of other classes apart.")
    ),
    PAIRS: Method(N_("Pairs"), N_("Trained on sentence pairs with a score or a label.")),
}
LOSSES = {  # the first is the method's own
    CLASSIFY: ("cross_entropy",),
    TRIPLET: ("batch_all", "batch_hard", "batch_semi_hard", "batch_hard_soft_margin"),
    PAIRS: ("cosine", "cosent", "softmax", "multiple_negatives"),
}
LABELLED_PAIRS = ("softmax", "multiple_negatives")  # losses of pairs whose label is a class, not a score
DISTANCES = ("cosine", "euclidean")
CLASS_WEIGHTS = ("none", "balanced")
TARGET, TERCILES = "target", "terciles"
LABELS = {TARGET: N_("the table's own labels"), TERCILES: N_("terciles of the return")}
FREEZE = ("auto", "yes", "no")
LARGE_VOCABULARY = 100_000  # pieces from which on "auto" freezes the embeddings
SMALL_DIM, SMALL_RATE, RATE = 384, 1e-4, 2e-5

_RANGES = {
    "epochs": (1, 100),
    "batch_size": (2, 4096),
    "learning_rate": (0.0, 1.0),
    "warmup": (0.0, 0.9),
    "weight_decay": (0.0, 1.0),
    "layer_decay": (0.1, 1.0),
    "max_length": (8, 512),
    "margin": (0.0, 100.0),
    "label_smoothing": (0.0, 0.5),
    "adversarial": (0.0, 1.0),
    "freeze_layers": (0, 100),
    "lora_rank": (0, 256),
    "test_share": (0.05, 0.5),
    "valid_share": (0.05, 0.5),
    "patience": (0, 100),
}


@dataclass(frozen=True)
class TuneSettings:
    """How an encoder is tuned.

    `method` and `loss` as in `METHODS` and `LOSSES` (empty: the method's first). `pooling` empty is the encoder's own.
    `batch_size` is the effective batch: a physical one that fits into memory is found by halving. `learning_rate` 0 is
    chosen by the encoder's size (`resolved`); `warmup` is a share of all steps, `layer_decay` the factor from each
    layer's rate to that of the layer below (1: all alike). `max_length` cuts texts, in tokens. `margin` and `distance`
    are those of the triplet losses. `adversarial` is how far each text is moved to be learnt once more (classify without frozen layers; 0 is
    not at all, see `core.tune.training.adversary`). `freeze_embeddings` "auto" freezes where the vocabulary is large;
    `freeze_layers` are the lowest; `lora_rank` 0 is no LoRA; `checkpointing` trades time for memory.
    `test_share` is held out of everything, `valid_share` of what is left chooses the epoch; `patience` is after how
    many evaluations without improvement training ends (0: never). `labels` says where classes come from.

    A value outside its range raises `UserError`.
    """

    method: str = CLASSIFY
    encoder: str = "multilingual-e5-small"
    pooling: str = ""
    loss: str = ""
    epochs: int = 6
    batch_size: int = 32
    learning_rate: float = 0.0
    warmup: float = 0.1
    weight_decay: float = 0.01
    layer_decay: float = 1.0
    max_length: int = 96
    margin: float = 0.5
    distance: str = "cosine"
    label_smoothing: float = 0.0
    adversarial: float = 0.02
    class_weight: str = "none"
    freeze_embeddings: str = "auto"
    freeze_layers: int = 0
    lora_rank: int = 0
    checkpointing: bool = False
    test_share: float = 0.2
    valid_share: float = 0.1
    patience: int = 3
    seed: int = 42
    labels: str = TARGET

    def __post_init__(self) -> None:
        require_choice("method", self.method, METHODS)
        if not self.loss:
            object.__setattr__(self, "loss", LOSSES[self.method][0])
        choices: dict[str, Collection[str]] = {
            "loss": LOSSES[self.method],
            "distance": DISTANCES,
            "class_weight": CLASS_WEIGHTS,
            "freeze_embeddings": FREEZE,
            "labels": LABELS,
        } | ({"pooling": POOLINGS} if self.pooling else {})
        require_settings(self, choices, _RANGES)

    def resolved(self, card: EncoderCard) -> TuneSettings:
        """Return the settings with everything that an encoder decides filled in: pooling, rate, the longest text."""
        rate = self.learning_rate or (SMALL_RATE if card.dim <= SMALL_DIM else RATE)
        return replace(
            self,
            pooling=self.pooling or card.pooling,
            learning_rate=rate,
            max_length=min(self.max_length, card.max_length),
        )

    def as_dict(self) -> dict[str, Any]:
        """Return the settings as plain values for JSON."""
        return asdict(self)
