"""What goes wrong between this machine and a hub, in sentences that say what to do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import UserError
from core.files import disk_errors
from core.locale import N_

if TYPE_CHECKING:
    from huggingface_hub.errors import HfHubHTTPError


@contextmanager
def hub_errors(repo_id: str) -> Iterator[None]:
    """Turn what huggingface_hub raises into a `UserError`, with its cause."""
    import httpx2
    from huggingface_hub import errors

    try:
        yield
    except UserError:
        raise
    except errors.HFValidationError as error:
        raise _unknown(repo_id) from error
    except (
        errors.HfHubHTTPError,
        errors.OfflineModeIsEnabled,
        errors.RevisionResolutionError,
        errors.LocalEntryNotFoundError,
        errors.FileMetadataError,
        httpx2.HTTPError,
        httpx2.InvalidURL,
    ) as error:
        raise _sentence(repo_id, error) from error


def cache_errors(cache: Path) -> AbstractContextManager[None]:
    """Turn a full disk or a hub's cache without permission into a sentence that says how to move the cache."""
    return disk_errors(
        cache / "blobs",
        N_(
            "The disk is full: nothing more could be written to the hub's cache {folder}. Free some "
            "space, or set HF_HOME or HF_HUB_CACHE to a folder on another disk. What was downloaded "
            "is saved."
        ),
        N_(
            "No permission to write to the hub's cache {folder}. Set HF_HOME or HF_HUB_CACHE to a folder of yours."
        ),
    )


def no_hub() -> UserError:
    """Return the sentence for an answer that no hub gives, such as the page of a proxy that blocks it."""
    from huggingface_hub import constants

    return UserError(
        N_(
            "{hub} did not answer as a hub does: a proxy or a sign-in page may be in between. Set "
            "HF_ENDPOINT to a hub that can be reached, or copy the encoder's folder to this machine "
            "and give its path."
        ),
        hub=constants.ENDPOINT,
    )


def _sentence(repo_id: str, error: BaseException) -> UserError:
    from huggingface_hub import constants, errors

    chain = list(_causes(error))
    if any(isinstance(cause, errors.OfflineModeIsEnabled) for cause in chain):
        return UserError(
            N_(
                "{name} is not on this machine, and HF_HUB_OFFLINE is set: nothing is downloaded. Unset "
                "it, or copy the encoder's folder to this machine and give its path."
            ),
            name=repo_id,
        )
    answer = next((cause for cause in chain if isinstance(cause, errors.HfHubHTTPError)), None)
    if answer is not None:
        return _refusal(repo_id, answer)
    if isinstance(error, errors.FileMetadataError) or isinstance(error.__cause__, errors.FileMetadataError):
        return _server_error(repo_id, constants.ENDPOINT, _first_sentence(error))
    return UserError(
        N_(
            "{name} is not on this machine, and {hub} cannot be reached. Set HF_ENDPOINT to a hub "
            "that can be reached, or copy the encoder's folder to this machine and give its path."
        ),
        name=repo_id,
        hub=constants.ENDPOINT,
    )


def _refusal(repo_id: str, answer: HfHubHTTPError) -> UserError:
    from huggingface_hub import constants, errors

    status = answer.response.status_code
    if isinstance(answer, errors.GatedRepoError) or status == 403:
        return UserError(
            N_(
                "{name} is available only to those who accept its terms. Accept them on {page} and set "
                "HF_TOKEN to a token of that account."
            ),
            name=repo_id,
            page=f"{constants.ENDPOINT}/{repo_id}",
        )
    if isinstance(answer, errors.RepositoryNotFoundError) or status == 401:
        return _unknown(repo_id, "authorization" in answer.response.request.headers)
    return _server_error(repo_id, constants.ENDPOINT, f"HTTP {status}")


def _unknown(repo_id: str, token_sent: bool = False) -> UserError:
    """Return the sentence for a name that the hub does not know; with a token sent, that may be at fault as well."""
    from huggingface_hub import constants

    template = (
        N_(
            "{hub} has no encoder named {name}, or does not accept the token set in {place}. Check "
            "the spelling, and renew or remove the token: a public encoder needs none."
        )
        if token_sent
        else N_(
            "{hub} has no encoder named {name}. Check the spelling. For a private encoder, set "
            "HF_TOKEN to a token that may read it."
        )
    )
    place = "HF_TOKEN" if os.environ.get("HF_TOKEN") else constants.HF_TOKEN_PATH
    return UserError(template, hub=constants.ENDPOINT, name=repo_id, place=place)


def _server_error(repo_id: str, hub: str, reason: str) -> UserError:
    return UserError(
        N_("{hub} could not deliver {name} ({reason}). Try again later. What was downloaded is saved."),
        hub=hub,
        name=repo_id,
        reason=reason,
    )


def _first_sentence(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].partition(". ")[0]


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
