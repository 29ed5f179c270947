"""Pickled weights to safetensors: read once without running what a pickle may hold, saved in the workspace."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path
from typing import Any

from core.embed.checkpoint.files import (
    BYTE_PAIRS,
    SETTINGS,
    VOCABULARIES,
    is_pickled,
    no_weights,
    weight_files,
)
from core.embed.checkpoint.fingerprint import files_fingerprint
from core.errors import UserError
from core.files import folder_atomic, remove_leftovers
from core.locale import N_
from core.settings import settings

log = logging.getLogger(__name__)

_SNAPSHOT = re.compile(r"models--(?P<id>[^/\\]+)[/\\]snapshots[/\\](?P<commit>[0-9a-f]{40})$")


def safetensors_folder(folder: Path) -> Path:
    """Return the folder itself, or its copy with converted weights where its own are pickled.

    The copy is made at the first call (some seconds) and named after the hub's id and commit, or after the
    folder's name and the hash of its weights. Raises `UserError` for a pickle that holds more than tensors.
    """
    weights = weight_files(folder)
    if not weights:
        raise no_weights(str(folder))
    if not is_pickled(weights):
        return folder
    converted = _place(folder, weights)
    if not converted.is_dir():
        log.info("converting the pickled weights in %s", folder)
        remove_leftovers(converted.parent)
        folder_atomic(converted, lambda path: _convert(folder, weights, path))
    return converted


def converted_folder(repo_id: str, commit: str) -> Path:
    """Return where the converted copy of a hub's snapshot is saved, made or not."""
    return settings().home / "encoders" / "converted" / f"{repo_id.replace('/', '--')}-{commit}"


def _place(folder: Path, weights: list[Path]) -> Path:
    snapshot = _SNAPSHOT.search(str(folder))
    if snapshot:
        return converted_folder(snapshot["id"], snapshot["commit"])
    name = re.sub(r"[^\w.-]", "_", folder.name)
    return settings().home / "encoders" / "converted" / f"{name}-{files_fingerprint(weights)[:40]}"


def _convert(folder: Path, weights: list[Path], target: Path) -> None:
    from safetensors.torch import save_file

    tensors: dict[str, Any] = {}
    for file in (file for file in weights if file.suffix == ".bin"):
        tensors |= _read_pickle(file)
    save_file(
        {name: tensor.contiguous().clone() for name, tensor in tensors.items()},
        target / "model.safetensors",
        metadata={"format": "pt"},
    )
    for name in (*SETTINGS, *VOCABULARIES, *BYTE_PAIRS):
        if (folder / name).is_file():
            (target / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(folder / name, target / name)


def _read_pickle(file: Path) -> dict[str, Any]:
    """Return the tensors of a checkpoint; anything that would run code while it is read is refused."""
    import torch

    try:
        contents = torch.load(file, weights_only=True, map_location="cpu")
    except (RuntimeError, EOFError, ValueError) as error:
        raise UserError(
            N_("The weights in {file} are damaged or incomplete: {reason}. Download or copy the file again."),
            file=str(file),
            reason=(str(error).strip() or type(error).__name__).splitlines()[0],
        ) from error
    except Exception as error:
        if type(error).__name__ != "UnpicklingError":  # pickle's, a module that is not imported here
            raise
        raise _no_tensors(file) from error
    if isinstance(contents, dict) and isinstance(contents.get("state_dict"), dict):
        contents = contents["state_dict"]
    named = contents.items() if isinstance(contents, dict) else ()
    tensors = {str(name): tensor for name, tensor in named if isinstance(tensor, torch.Tensor)}
    if not tensors:
        raise _no_tensors(file)
    return tensors


def _no_tensors(file: Path) -> UserError:
    return UserError(
        N_(
            "The weights in {file} are not plain tensors: they are damaged or could run code on this "
            "machine. They were not read. Get the encoder as model.safetensors."
        ),
        file=str(file),
    )
