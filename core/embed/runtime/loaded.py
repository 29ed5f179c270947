"""The encoders that this process keeps in memory, so that the next use of one need not load it."""

from __future__ import annotations

import gc
import sys
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

from core.embed.encoder_card import EncoderCard

if TYPE_CHECKING:
    from core.embed.runtime.encoder import Encoder

Name = tuple[str, str, int, str]  # fingerprint, prefix, max_length, device
_KEPT = 2  # encoders in memory; the one used longest ago makes room
loaded: OrderedDict[Name, Encoder] = OrderedDict()
_lock = threading.Lock()


def recall(name: Name) -> Encoder | None:
    """Return the encoder kept under this name, or None."""
    with _lock:
        if name in loaded:
            loaded.move_to_end(name)
        return loaded.get(name)


def keep(name: Name, encoder: Encoder) -> None:
    """Keep an encoder; the one used longest ago is let go where there are too many."""
    with _lock:
        loaded[name] = encoder
        while len(loaded) > _KEPT:
            loaded.popitem(last=False)


def is_kept(card: EncoderCard) -> bool:
    """Return whether an encoder of the card's folder is in memory; reads no file."""
    with _lock:
        return card.folder is not None and any(one.card.folder == card.folder for one in loaded.values())


def let_go() -> bool:
    """Free the memory of every encoder kept (one in use is freed by its user); return whether there was any."""
    with _lock:
        some = bool(loaded)
        loaded.clear()
    if some:
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()
    return some
