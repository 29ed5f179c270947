"""An encoder that can be trained: texts in, pooled vectors or class probabilities out, an ordinary folder at the end."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.embed.checkpoint.files import read_config, weight_files
from core.embed.checkpoint.loading import load_tokenizer, load_trainable
from core.embed.checkpoint.pickled_weights import safetensors_folder
from core.embed.checkpoint.ready_folder import ready_folder
from core.embed.encoder_card import EncoderCard
from core.embed.pooling import pooling_named
from core.embed.runtime.device import best_device
from core.embed.runtime.memory import require_memory
from core.errors import Message, UserError
from core.jobs import Report, silent
from core.locale import N_
from core.tune.settings import CLASSIFY, PAIRS, TuneSettings
from core.tune.training import layers, saving
from core.tune.training.memory import halved, training_dtype
from core.tune.training.objective import class_weights
from core.tune.training.tokens import Tokens, tokenise

if TYPE_CHECKING:
    from torch import Tensor

    from core.tune.training.adversary import Adversary
    from core.tune.training.head import Head

_TOKENS_AT_ONCE = {"cpu": 4_096, "mps": 16_384, "cuda": 65_536}  # in a batch that is only read
_HEAD_TEXTS = 4_000  # that a head starts from, at most
_GENERATOR = "generator_"  # before the names of the tensors that only ELECTRA's generator has


class Trainable:
    """An encoder in float32 with, for classes, a head. Make one with `load`.

    `frozen` says what is not trained; `dtype` is the number type of products while training ("float32" or
    "bfloat16").
    """

    def __init__(
        self,
        card: EncoderCard,
        settings: TuneSettings,
        classes: tuple[str, ...],
        model: Any,
        head: Head | None,
        device: str,
    ) -> None:
        self.card, self.settings, self.classes = card, settings, classes
        self.device = device
        self.frozen: list[Message] = layers.prepare(model, settings)
        if settings.checkpointing:
            if not model.supports_gradient_checkpointing:
                raise UserError(N_("The encoder {name} has no gradient checkpointing."), name=card.name)
            model.gradient_checkpointing_enable({"use_reentrant": False})
        self.model = model.to(device)
        self.adversary = _adversary(model, settings)
        self.head = head.to(device) if head is not None else None
        self.dtype = training_dtype(device)
        self._most = sys.maxsize  # texts that memory allows at once where nothing is learnt
        self._pool = pooling_named(settings.pooling).pool
        self._pad = int(getattr(model.config, "pad_token_id", None) or 0)
        self._tokenizer = load_tokenizer(card)
        self._tokenizer.enable_truncation(settings.max_length)

    @classmethod
    def load(
        cls, card: EncoderCard, settings: TuneSettings, classes: tuple[str, ...] = (), device: str = "auto"
    ) -> Trainable:
        """Load the encoder, with a new head where the method has one.

        Raises `UserError` for a folder that holds no encoder, for ELECTRA's generator, for one that is too large
        for memory and for fewer than two classes.
        """
        device = best_device() if device == "auto" else device
        settings = settings.resolved(card)
        has_head = settings.method == CLASSIFY or settings.loss == "softmax"
        if has_head and len(classes) < 2:
            raise UserError(N_("Training a head takes two classes at least; there are {n}."), n=len(classes))
        refuse_generator(card)
        require_memory(card, device)
        model = load_trainable(card)
        return cls(
            card, settings, classes, model, _head(model, settings, len(classes)) if has_head else None, device
        )

    def tokens(self, texts: Sequence[str]) -> Tokens:
        """Return the token numbers of texts, after the encoder's prefix, cut to `max_length`."""
        return tokenise(self._tokenizer, texts, self.card.prefix, self._pad)

    def pooled(self, batch: dict[str, Tensor]) -> Tensor:
        """Return `(b, dim)` float32, pooled and not brought to length 1, in the number type of training."""
        import torch

        with torch.autocast(self.device, torch.bfloat16, enabled=self.dtype == "bfloat16"):
            hidden = self.model(**batch).last_hidden_state
        return self._pool(hidden.float(), batch["attention_mask"].bool().unsqueeze(-1))

    def unit(self, pooled: Tensor) -> Tensor:
        """Return the encoder's vectors from pooled ones: of length 1 where its own are."""
        import torch

        return torch.nn.functional.normalize(pooled, dim=-1) if self.card.normalised else pooled

    def read(
        self,
        tokens: Tokens,
        rows: np.ndarray,
        apply: Callable[[Tensor], Tensor],
        report: Report = silent,
        template: str = "",
    ) -> np.ndarray:
        """Return `apply` of the pooled vectors of some rows `(n, …)` float32, without dropout and gradients."""
        import torch

        was_training = self.model.training
        self.train(False)
        order = np.argsort(-tokens.lengths[rows], kind="stable")
        found: list[np.ndarray] = []
        done = 0

        def attempt(size: int) -> np.ndarray:
            with torch.no_grad():
                return apply(self.pooled(tokens.batch(some[:size], self.device))).cpu().numpy()

        try:
            while done < len(rows):
                report(done / len(rows), template)
                longest = int(tokens.lengths[rows[order[done]]])
                size = max(1, min(self._most, _TOKENS_AT_ONCE[self.device] // longest))
                some = rows[order[done : done + size]]
                values, fitted = halved(attempt, len(some), self.device)
                if fitted < len(some):
                    self._most = fitted
                found.append(values)
                done += len(values)
        finally:
            self.train(was_training)
        together = np.concatenate(found) if found else np.empty((0, self.card.dim), np.float32)
        result = np.empty_like(together)
        result[order] = together
        return result

    def start_head(
        self, columns: Sequence[Tokens], labels: np.ndarray, rows: np.ndarray, report: Report = silent
    ) -> None:
        """Let the head, where there is one, start from what the encoder says of some rows, as `Head.start` does."""
        import torch

        if self.head is None:
            return
        drawn = np.random.default_rng(self.settings.seed)
        some = rows[np.sort(drawn.permutation(len(rows))[:_HEAD_TEXTS])]
        read = [torch.from_numpy(self.read(one, some, lambda pooled: pooled, report)) for one in columns]
        weights = class_weights(labels[some], len(self.classes), self.settings.class_weight)
        self.head.start(read, labels[some], weights, self.settings.seed, report)

    def soften_head(self, columns: Sequence[Tokens], labels: np.ndarray, rows: np.ndarray) -> None:
        """Let the head, where there is one, be as certain as it is right on some rows, as `Head.soften` does."""
        import torch

        if self.head is None:
            return
        with self.exact():
            read = [torch.from_numpy(self.read(one, rows, lambda pooled: pooled)) for one in columns]
        read = [one.to(self.device) for one in read]
        self.head.soften(read, labels[rows])

    def train(self, training: bool) -> None:
        """Switch dropout on or off."""
        self.model.train(training)
        if self.head is not None:
            self.head.train(training)

    def embed(self, texts: Sequence[str], report: Report = silent, template: str = "") -> np.ndarray:
        """Return the vectors of texts `(n, dim)` float32, as the saved encoder gives them; `report` says `template`."""
        tokens = self.tokens(texts)
        with self.exact():
            return self.read(tokens, np.arange(len(texts)), self.unit, report, template)

    def probabilities(self, texts: Sequence[str], others: Sequence[str] | None = None) -> np.ndarray:
        """Return each class's probability `(n, classes)` float32; `others` are the second texts of pairs.

        Raises `ValueError` for an encoder without a head.
        """
        import torch

        if self.head is None:
            raise ValueError("this encoder has no head")
        columns = [texts] if others is None else [texts, others]
        with self.exact():
            pooled = [
                self.read(self.tokens(column), np.arange(len(column)), lambda one: one) for column in columns
            ]
            with torch.no_grad():
                self.head.eval()
                logits = self.head([torch.from_numpy(one).to(self.device) for one in pooled])
                return torch.softmax(logits, -1).cpu().numpy()

    @contextmanager
    def exact(self) -> Iterator[None]:
        """Compute in float32 within the context."""
        dtype, self.dtype = self.dtype, "float32"
        try:
            yield
        finally:
            self.dtype = dtype

    def save(self, folder: Path) -> None:
        """Write an ordinary Hugging Face and sentence-transformers folder; LoRA is merged into the weights."""
        saving.save(folder, self.card, self.settings, self.model, self._tokenizer)
        if self.head is not None:
            saving.save_head(folder, self.head, self.classes, pairs=self.settings.method == PAIRS)


def refuse_generator(card: EncoderCard) -> None:
    """Raise `UserError` for ELECTRA's generator, which guesses masked words and is thrown away after pretraining."""
    from safetensors import safe_open

    folder = ready_folder(card)
    values = read_config(folder)
    if values.get("model_type") != "electra":
        return
    named = any(str(one).endswith("ForMaskedLM") for one in values.get("architectures") or [])
    for file in () if named else weight_files(safetensors_folder(folder)):
        if file.suffix == ".safetensors":
            with safe_open(file, "pt") as tensors:
                named = named or any(_GENERATOR in name for name in tensors.keys())  # noqa: SIM118 - safe_open is no mapping
    if named:
        raise UserError(
            N_(
                "{name} is ELECTRA's generator, a small model that only makes the task for its discriminator. "
                "Choose the discriminator: the same name with -discriminator at its end."
            ),
            name=card.name,
        )


def _adversary(model: Any, settings: TuneSettings) -> Adversary | None:
    """Return what moves the embeddings; none below frozen layers, which it would have to go back through."""
    if settings.method != CLASSIFY or not settings.adversarial or settings.freeze_layers:
        return None
    from core.tune.training.adversary import Adversary

    return Adversary(model.get_input_embeddings(), settings.adversarial)


def _head(model: Any, settings: TuneSettings, classes: int) -> Head:
    """Return a head with weights drawn from the seed, of the size and dropout that the config states."""
    import torch

    from core.tune.training.head import Head

    config = model.config
    dropouts = (getattr(config, name, None) for name in ("classifier_dropout", "hidden_dropout_prob"))
    dropout = next((float(one) for one in dropouts if one is not None), 0.1)
    drawn = torch.Generator().manual_seed(settings.seed)
    pairs = settings.method == PAIRS
    head = Head(int(config.hidden_size), classes, 0.0 if pairs else dropout, pairs)
    spread = float(getattr(config, "initializer_range", 0.02))
    head.linear.weight.data.normal_(0.0, spread, generator=drawn)
    head.linear.bias.data.zero_()
    return head
