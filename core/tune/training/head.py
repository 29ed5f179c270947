"""The head of a classifier: from pooled vectors to one number per class."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Head(nn.Module):
    """Dropout and one linear layer; for pairs on (u, v, |u − v|) (Reimers & Gurevych 2019, arXiv:1908.10084)."""

    def __init__(self, dim: int, classes: int, dropout: float, pairs: bool) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(3 * dim if pairs else dim, classes)

    def forward(self, columns: list[Tensor]) -> Tensor:
        """Take one `(b, dim)` or, for pairs, two; return logits `(b, classes)`."""
        if len(columns) == 2:
            columns = [*columns, (columns[0] - columns[1]).abs()]
        logits: Tensor = self.linear(self.dropout(torch.cat(columns, -1)))
        return logits
