"""What this machine's memory can hold: judged before an encoder is loaded, not when it has failed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from core.embed.encoder_card import EncoderCard
from core.embed.runtime import loaded
from core.embed.runtime.device import known_device
from core.errors import UserError
from core.locale import N_

BYTES_PER_PARAMETER = 6  # 4 in float32, 2 more for the half precision copy that is tried beside it
WORKING_BYTES = 500_000_000  # one batch's activations, the tokenizer, and what torch itself takes
_CGROUPS = Path("/sys/fs/cgroup")
_OWN_CGROUPS = Path("/proc/self/cgroup")
_OUT_OF_MEMORY = ("allocate memory", "out of memory", "ALLOC_FAILED")  # of the CPU, MPS, and CUDA's libraries
_NO_LIMIT = 2**60  # cgroup v1 writes "no limit" as a number near 2**63


def needed_bytes(card: EncoderCard) -> int | None:
    """Return how much memory loading and using an encoder takes at most; None where its size is unknown.

    `6 * parameters + 500 MB`: the weights in float32, a half precision copy while the faster of the two is
    found, and working room. Where the card has no number of parameters, it is its megabytes in float32 / 4.
    """
    parameters = card.parameters or card.megabytes * 1_000_000 // 4
    return BYTES_PER_PARAMETER * parameters + WORKING_BYTES if parameters else None


def available_bytes(device: str = "auto") -> int:
    """Return the memory that an encoder can be given now: of the machine, its container and its GPU the least.

    For an encoder that is to compute on the device "cpu", the GPU does not count.
    """
    import psutil

    rooms = [
        int(psutil.virtual_memory().available),
        container_room(),
        None if device == "cpu" else _gpu_room(),
    ]
    return min(room for room in rooms if room is not None)


def fits(card: EncoderCard, available: int | None = None) -> bool | None:
    """Return whether the encoder fits into `available` bytes (by default what is free now); None if unknown.

    One that is loaded already needs no more and fits.
    """
    if loaded.is_loaded(card):
        return True
    needed = needed_bytes(card)
    if needed is None:
        return None
    return needed <= (available_bytes() if available is None else available)


def require_memory(card: EncoderCard, device: str = "auto") -> None:
    """Raise `UserError` where the encoder does not fit into memory, even after those loaded are let go."""
    needed, free = needed_bytes(card), available_bytes(device)
    if needed is not None and needed > free and loaded.unload_all():
        free = available_bytes(device)
    if needed is not None and needed > free:
        raise UserError(
            N_(
                "The encoder {name} does not fit into the memory that is free now: it needs about {needed:.1f} GB "
                "and {free:.1f} GB are free. Choose a smaller encoder, close other programs, or give this machine "
                "more memory."
            ),
            name=card.name,
            needed=needed / 1e9,
            free=free / 1e9,
        )


def is_out_of_memory(error: Exception) -> bool:
    """Return whether torch raised the error because memory did not suffice, on any device."""
    import torch

    return isinstance(error, torch.OutOfMemoryError) or any(words in str(error) for words in _OUT_OF_MEMORY)


def container_room(root: Path = _CGROUPS, own: Path = _OWN_CGROUPS) -> int | None:
    """Return what the tightest cgroup (v2 or v1) around this process leaves; None where none sets a limit.

    File pages that the kernel would drop at once (`inactive_file`) count as free, as they do for the machine.
    """
    rooms = []
    for folder in _memory_groups(root, own):
        limit = _number(folder / "memory.max") or _number(folder / "memory.limit_in_bytes")
        if limit is None or limit >= _NO_LIMIT:
            continue
        used = _number(folder / "memory.current") or _number(folder / "memory.usage_in_bytes") or 0
        rooms.append(max(0, limit - max(0, used - _inactive(folder / "memory.stat"))))
    return min(rooms, default=None)


def _memory_groups(root: Path, own: Path) -> Iterator[Path]:
    """Yield the folders of the cgroups that this process is in, up to the root."""
    try:
        lines = own.read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _id, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        base = root / "memory" if controllers else root
        group = base / path.lstrip("/")
        yield group
        yield from (parent for parent in group.parents if parent == base or base in parent.parents)


def _number(file: Path) -> int | None:
    try:
        text = file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return int(text) if text.isdigit() else None


def _inactive(file: Path) -> int:
    try:
        lines = [line.split() for line in file.read_text(encoding="ascii").splitlines()]
    except (OSError, UnicodeDecodeError):
        return 0
    values = {line[0]: int(line[1]) for line in lines if len(line) == 2 and line[1].isdigit()}
    return values.get("total_inactive_file", values.get("inactive_file", 0))


def _gpu_room() -> int | None:
    """Return the graphics card's free memory; None without one. Asks only where CUDA was used before.

    Asking starts CUDA, which a page that is only being drawn should not do on a machine that never used it.
    """
    if known_device() != "cuda":
        return None
    import torch

    return int(torch.cuda.mem_get_info()[0]) if torch.cuda.is_available() else None
