"""Compare a training step with a bare PyTorch loop over the same sorted batches, in one process.

    python tests/benchmarks/tune_step.py [--encoder multilingual-e5-small] [--texts 640] [--batch 32] [--turns 3]
    python tests/benchmarks/tune_step.py --random-base --device cuda --batch 128 --texts 12800 [--trainer]

Both train a classifier with three classes on made-up headlines of 5 to 60 words: AdamW, clipped gradients, the
embeddings frozen where ours are, the number type that ours takes (`--dtype` chooses one). They take turns; the best
turn of each counts. With `--trainer`, batch-all triplets instead, against `SentenceTransformerTrainer` with the same
number of texts a step (it needs the package `datasets`). `--random-base` is a BERT of base size with random weights.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

from core.embed.catalog import resolve
from core.tune.examples import Examples, Parts
from core.tune.settings import CLASSIFY, TRIPLET, TuneSettings
from core.tune.training.batches import sorted_batches
from core.tune.training.fit import fit
from core.tune.training.model import Trainable

CLASSES = ("a", "b", "c")
WORDS = [
    "삼성전자",
    "영업이익",
    "급락",
    "코스피",
    "상승",
    "외국인",
    "순매수",
    "반도체",
    "수출",
    "흑자",
    "전환",
    "노조",
    "협상",
    "결렬",
    "실적",
    "부진",
]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--encoder", default="multilingual-e5-small")
    parser.add_argument("--random-base", action="store_true")
    parser.add_argument("--texts", type=int, default=640)
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--device", default="auto")
    parser.add_argument("--dtype", choices=("float32", "bfloat16"))
    parser.add_argument("--trainer", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ.setdefault("HEADLINE_LAB_HOME", folder)
        name = str(random_base(Path(folder) / "base")) if options.random_base else options.encoder
        card = resolve(name)
        method = TRIPLET if options.trainer else CLASSIFY
        settings = TuneSettings(
            method=method, encoder=name, epochs=1, batch_size=options.batch, patience=0, adversarial=0.0
        )
        examples = made_up(options.texts)
        rivals = {"ours": ours, "trainer" if options.trainer else "bare": theirs if options.trainer else bare}
        seconds: dict[str, list[float]] = {rival: [] for rival in rivals}
        for turn in range(options.turns + 1):
            for rival, work in rivals.items():
                model = Trainable.load(card, settings, CLASSES, options.device)
                model.dtype = options.dtype or model.dtype
                taken = work(model, examples, settings.resolved(card))
                if turn:  # the first one warms up
                    seconds[rival].append(taken)
                    print(f"{rival:8} {taken:7.2f} s {options.texts / taken:8.0f} texts/s", flush=True)
        best = {rival: min(taken) for rival, taken in seconds.items()}
        rival = next(name for name in best if name != "ours")
        print(f"{model.device} {model.dtype}: ours / {rival} = {best['ours'] / best[rival]:.3f} of the time")


def ours(model: Trainable, examples: Examples, settings: TuneSettings) -> float:
    """Return the seconds of an epoch of ours."""
    nobody = np.array([], int)
    return fit(model, examples, Parts(np.arange(len(examples)), nobody, nobody), settings).seconds


def bare(model: Trainable, examples: Examples, settings: TuneSettings) -> float:
    """Return the seconds of an epoch of a loop as one writes it by hand, mean pooling and a linear head."""
    import torch

    encoder, device = model.model, model.device
    head = torch.nn.Sequential(torch.nn.Dropout(0.1), torch.nn.Linear(model.card.dim, len(CLASSES))).to(
        device
    )
    weights = [w for w in (*encoder.parameters(), *head.parameters()) if w.requires_grad]
    optimiser = torch.optim.AdamW(weights, lr=settings.learning_rate, fused=True)
    tokens, labels = model.tokens(examples.texts), torch.from_numpy(examples.labels).to(device)
    padding = int(encoder.config.pad_token_id or 0)
    batches = sorted_batches(tokens.lengths, settings.batch_size, settings.seed, 1)
    padded = [tokens.ids[rows, : tokens.lengths[rows].max()] for rows in batches]
    inputs = [torch.from_numpy(ids.astype(np.int64)) for ids in padded]
    encoder.train()
    _wait(device)
    start = time.perf_counter()
    for rows, ids in zip(batches, inputs, strict=True):
        ids = ids.to(device)
        mask = (ids != padding).long()
        with torch.autocast(device, torch.bfloat16, enabled=model.dtype == "bfloat16"):
            hidden = encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        hidden = hidden.float() * mask[:, :, None]
        logits = head(hidden.sum(1) / mask.sum(1, keepdim=True))
        torch.nn.functional.cross_entropy(logits, labels[torch.from_numpy(rows).to(device)]).backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimiser.step()
        optimiser.zero_grad()
    _wait(device)
    return time.perf_counter() - start


def theirs(model: Trainable, examples: Examples, settings: TuneSettings) -> float:
    """Return the seconds of an epoch of sentence-transformers' trainer with batch-all triplets."""
    from datasets import Dataset
    from sentence_transformers import SentenceTransformer, SentenceTransformerTrainer
    from sentence_transformers import SentenceTransformerTrainingArguments as Arguments
    from sentence_transformers.sentence_transformer import losses

    with tempfile.TemporaryDirectory() as folder:
        model.save(Path(folder) / "encoder")
        encoder = SentenceTransformer(str(Path(folder) / "encoder"), device=model.device)
        if not all(weight.requires_grad for weight in model.model.embeddings.parameters()):
            encoder[0].auto_model.embeddings.requires_grad_(False)
        loss = losses.BatchAllTripletLoss(
            encoder, losses.BatchHardTripletLossDistanceFunction.cosine_distance, settings.margin
        )
        arguments = Arguments(
            folder,
            num_train_epochs=1,
            per_device_train_batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            bf16=model.dtype == "bfloat16",
            batch_sampler="group_by_label",
            save_strategy="no",
            report_to="none",
            use_cpu=model.device == "cpu",
        )
        table = Dataset.from_dict({"text": list(examples.texts), "label": examples.labels.tolist()})
        trainer = SentenceTransformerTrainer(encoder, arguments, table, loss=loss)
        _wait(model.device)
        start = time.perf_counter()
        trainer.train()
        _wait(model.device)
        return time.perf_counter() - start


def made_up(count: int) -> Examples:
    """Return headlines of random words with random classes."""
    drawn = np.random.default_rng(0)
    texts = [" ".join(drawn.choice(WORDS, drawn.integers(5, 61))) for _ in range(count)]
    nowhere = pd.Series(pd.NaT, index=range(count))
    return Examples(
        (texts,), drawn.integers(0, 3, count), CLASSES, np.arange(count), nowhere, np.arange(count)
    )


def random_base(folder: Path) -> Path:
    """Save a BERT of base size with random weights and a small vocabulary."""
    from transformers import BertConfig, BertModel

    from tests.makers.tiny_encoders import save_wordpiece

    save_wordpiece(folder)
    BertModel(BertConfig(vocab_size=32_000, pad_token_id=0), add_pooling_layer=False).save_pretrained(folder)
    return folder


def _wait(device: str) -> None:
    import torch

    if device == "cuda":
        torch.cuda.synchronize()


if __name__ == "__main__":
    main()
