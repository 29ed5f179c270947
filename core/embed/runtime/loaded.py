"""The encoders that this process has loaded, so that the next use of one need not load it again."""

from __future__ import annotations

import gc
import sys
import threading
from collections import OrderedDict
from typing import Any

from core.embed.encoder_card import EncoderCard

Key = tuple[str, str, int, str]  # fingerprint, prefix, max_length, device
_MOST = 2  # encoders in memory; the one used longest ago makes room
encoders: OrderedDict[Key, Any] = OrderedDict()  # of `core.embed.runtime.encoder.Encoder`
_lock = threading.Lock()


def cached(key: Key) -> Any:
    """Return the encoder loaded under this key, or None."""
    with _lock:
        if key in encoders:
            encoders.move_to_end(key)
        return encoders.get(key)


def cache(key: Key, encoder: Any) -> None:
    """Keep an encoder in memory; the one used longest ago is let go where there are too many."""
    with _lock:
        encoders[key] = encoder
        while len(encoders) > _MOST:
            encoders.popitem(last=False)


def is_loaded(card: EncoderCard) -> bool:
    """Return whether an encoder of the card's folder is in memory; reads no file."""
    with _lock:
        return card.folder is not None and any(one.card.folder == card.folder for one in encoders.values())


def unload_all() -> bool:
    """Free the memory of every loaded encoder (one in use is freed by its user); return whether there was any."""
    with _lock:
        some = bool(encoders)
        encoders.clear()
    if some:
        gc.collect()
        torch = sys.modules.get("torch")
        if torch is not None and torch.cuda.is_available():
            torch.cuda.empty_cache()
    return some
