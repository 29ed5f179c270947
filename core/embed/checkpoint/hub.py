"""Encoders of a Hugging Face hub: which are on this machine, and fetching one.

Only the files that the app uses are requested; nothing else is sent. `HF_ENDPOINT`, `HF_HUB_OFFLINE`,
`HF_HOME`, `HF_HUB_CACHE` and `HF_TOKEN` are respected, and the hub's own cache is where the files lie.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from core.embed.checkpoint.architectures import refuse_others
from core.embed.checkpoint.files import (
    BYTE_PAIRS,
    SETTINGS,
    SINGLE,
    VOCABULARIES,
    is_pickled,
    no_tokenizer,
    no_weights,
    read_config,
    tokenizer_files,
    weight_files,
)
from core.embed.checkpoint.folder import card_of_folder
from core.embed.checkpoint.hub_download import Progress, fetch_large, fetched
from core.embed.checkpoint.hub_errors import cache_errors, hub_errors, no_hub
from core.embed.checkpoint.pickled_weights import converted_folder, safetensors_folder
from core.errors import UserError
from core.jobs import Report
from core.locale import N_

if TYPE_CHECKING:
    from huggingface_hub import ResolvedRevision
    from huggingface_hub.hf_api import RepoFile

_WEIGHTS = tuple(single.partition(".")[0] for single in SINGLE)  # what the names of weights begin with
_HASH = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_LARGE = 1_000_000  # bytes; a larger file is downloaded in pieces that are saved


def is_hub_id(name: str) -> bool:
    """Return whether a name can be a hub's id, "org/name" or "name"; a folder that exists is no id."""
    from huggingface_hub.errors import HFValidationError
    from huggingface_hub.utils import validate_repo_id

    try:
        validate_repo_id(name)
    except HFValidationError:
        return False
    return bool(name) and not Path(name).expanduser().exists()


def local_snapshot(repo_id: str) -> Path | None:
    """Return the folder of an encoder that is whole on this machine, without any network; None for none."""
    storage = _storage(repo_id)
    try:
        commit = (storage / "refs" / "main").read_text(encoding="utf-8").strip()
    except (OSError, ValueError):
        return None
    folders = (storage / "snapshots" / commit, converted_folder(repo_id, commit))
    return next((folder for folder in folders if _is_whole(folder)), None)


def cached_ids() -> list[str]:
    """Return the ids of the whole encoders in the hub's cache."""
    cache = _cache()
    if not cache.is_dir():
        return []
    names = sorted(folder.name.removeprefix("models--") for folder in cache.glob("models--*"))
    return [repo_id for repo_id in (name.replace("--", "/", 1) for name in names) if _is_encoder(repo_id)]


def size_to_download(repo_id: str) -> int:
    """Ask the hub how many bytes are still to be fetched; raises `UserError` where it cannot be asked."""
    if local_snapshot(repo_id):
        return 0
    with hub_errors(repo_id):
        _, files = _listing(repo_id)
        return sum(file.size - fetched(file, _storage(repo_id)) for file in wanted_files(files, repo_id))


def download(repo_id: str, report: Report) -> Path:
    """Fetch an encoder, convert its weights where they are pickled, and return its folder.

    What was fetched before, even in part, is not fetched again. Raises `UserError` with what to do; `report`
    may raise `Cancelled` at any moment.
    """
    here = local_snapshot(repo_id)
    if here is None:
        with hub_errors(repo_id), cache_errors(_cache()):
            here = _fetch(repo_id, report)
    if is_pickled(weight_files(here)):
        report(1.0, N_("Converting the weights of {name} to safetensors"), name=repo_id)
        safetensors_folder(here)
    return here


def wanted_files(files: Iterable[RepoFile], repo_id: str) -> list[RepoFile]:
    """Choose the files to fetch from a repository's: settings, vocabulary, weights in one form.

    Raises `UserError` where there is no vocabulary, or no weights in safetensors or PyTorch's form.
    """
    by_path = {file.path: file for file in files}
    vocabulary = [path for path in VOCABULARIES if path in by_path]
    if all(path in by_path for path in BYTE_PAIRS):
        vocabulary += BYTE_PAIRS
    if not vocabulary:
        raise no_tokenizer(repo_id)
    weights = next((found for single in SINGLE if (found := _weights(single, by_path))), None)
    if not weights or "config.json" not in by_path:
        raise no_weights(repo_id)
    return [by_path[path] for path in (*SETTINGS, *vocabulary, *weights) if path in by_path]


def _weights(single: str, paths: Iterable[str]) -> list[str]:
    if single in paths:
        return [single]
    stem, suffix = single.split(".")
    shard = re.compile(rf"{stem}-\d+-of-\d+\.{suffix}")
    shards = [path for path in paths if shard.fullmatch(path)]
    index = f"{single}.index.json"
    return [index, *shards] if shards and index in paths else []


def _is_whole(folder: Path) -> bool:
    try:
        return (folder / "config.json").is_file() and bool(tokenizer_files(folder) and weight_files(folder))
    except (UserError, OSError):  # an index that is no JSON, a folder that may not be read
        return False


def _is_encoder(repo_id: str) -> bool:
    folder = local_snapshot(repo_id)
    try:
        return folder is not None and bool(card_of_folder(folder, repo_id))
    except (UserError, OSError):
        return False


def _cache() -> Path:
    from huggingface_hub import constants

    return Path(constants.HF_HUB_CACHE).expanduser()


def _storage(repo_id: str) -> Path:
    return _cache() / f"models--{repo_id.replace('/', '--')}"


def _listing(repo_id: str) -> tuple[ResolvedRevision, list[RepoFile]]:
    """Ask the hub for the commit that "main" is and the files it holds."""
    from huggingface_hub import HfApi
    from huggingface_hub.errors import FileMetadataError, HFValidationError
    from huggingface_hub.hf_api import RepoFile

    api = HfApi()
    try:
        revision = api.resolve_revision(repo_id)
        tree = api.list_repo_tree(repo_id, recursive=True, revision=revision.resolved)
        files = [entry for entry in tree if isinstance(entry, RepoFile)]
    except HFValidationError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError) as error:  # no JSON, or of another shape
        raise no_hub() from error
    hashes = [revision.resolved, *(file.lfs.sha256 if file.lfs else file.blob_id for file in files)]
    if not all(_HASH.fullmatch(value) for value in hashes):  # they become names in the cache
        raise FileMetadataError("The answer holds hashes of another form than a hub's")
    return revision, files


def _fetch(repo_id: str, report: Report) -> Path:
    """Fetch what is wanted, the weights last: they are what makes a snapshot count as whole."""
    from huggingface_hub import hf_hub_download, snapshot_download
    from huggingface_hub.utils import tqdm

    report(0.0, N_("Asking the hub for {name}"), name=repo_id)
    revision, files = _listing(repo_id)
    wanted = wanted_files(files, repo_id)
    progress = Progress(repo_id, sum(file.size for file in wanted), report)

    class Bar(tqdm):
        """Draws nothing, and lets the user stop between small files."""

        def __init__(self, *args: object, **options: object) -> None:
            super().__init__(*args, **{**options, "disable": True})  # type: ignore[no-untyped-call]  # tqdm has no types

        def update(self, n: float | None = 1) -> None:
            progress.add(0)

    config = Path(hf_hub_download(repo_id, "config.json", revision=revision, tqdm_class=Bar))
    refuse_others(read_config(config.parent), repo_id)
    weights = [file for file in wanted if file.path.startswith(_WEIGHTS)]
    for part in ([file for file in wanted if file not in weights], weights):
        for file in part:
            if file.size >= _LARGE:
                fetch_large(repo_id, file, revision.resolved, _storage(repo_id), progress)
        names = [file.path for file in part]
        folder = snapshot_download(repo_id, revision=revision, allow_patterns=names, tqdm_class=Bar)
    return Path(folder)
