"""Who may ask: programs that know the token, by a name that this server goes by."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from core.errors import Message
from core.locale import LANGUAGES, N_, shell_language, translate_message

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

OPEN = ("/health", "/docs", "/openapi.json")  # they tell nothing of a run
MOST_BYTES = 2**20  # of a request
TOO_LARGE = Message(N_("The request is larger than a megabyte."))
THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")
_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
]


@dataclass(frozen=True)
class Gate:
    """Lets in what carries the token in `Authorization: Bearer`, and what is open to all.

    A request has to name the server by one of `names`: a page of another site, whose name was turned to this
    machine's address, does not (DNS rebinding). Nothing of a request is read before.
    """

    token: str
    names: tuple[str, ...] = THIS_MACHINE

    def refusal(self, path: str, headers: Iterable[tuple[bytes, bytes]]) -> tuple[int, Message] | None:
        """Return the status and the sentence by which a request is refused; None where it may pass."""
        given = dict(headers)
        if _name(given.get(b"host", b"").decode("latin-1")) not in self.names:
            return 400, Message(
                N_("This server does not go by that name: start it with --host or --name to let it.")
            )
        kind, _, token = given.get(b"authorization", b"").partition(b" ")
        known = kind.lower() == b"bearer" and secrets.compare_digest(token.strip(), self.token.encode())
        if not known and path not in OPEN:
            return 401, Message(N_("Send the server's token in the header “Authorization: Bearer …”."))
        length = given.get(b"content-length", b"0")
        if not length.isdigit() or len(length) > 9 or int(length) > MOST_BYTES:
            return 413, TOO_LARGE
        return None


class Guard:
    """An ASGI app behind a gate; every answer of it is neither stored nor guessed at, and runs no script."""

    def __init__(self, app: ASGIApp, gate: Gate) -> None:
        self.app, self.gate = app, gate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or hand it on."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return

        async def careful(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = message | {"headers": [*message.get("headers", []), *_HEADERS]}
            await send(message)

        refused = self.gate.refusal(scope["path"], scope["headers"])
        if refused is None:
            await self.app(scope, receive, careful)
            return
        from starlette.datastructures import Headers
        from starlette.responses import JSONResponse

        status, message = refused
        sentence = translate_message(message, language_asked(Headers(scope=scope).get("accept-language")))
        own = {"www-authenticate": "Bearer"} if status == 401 else {}
        await JSONResponse({"error": sentence}, status, own)(scope, receive, careful)


def language_asked(header: str | None) -> str:
    """Return the language that an `Accept-Language` likes best of ours; the shell's where it names none."""
    best, weight = shell_language(), 0.0
    for part in (header or "")[:200].split(","):
        tag, _, rest = part.strip().partition(";")
        language = tag.strip().lower()[:2]
        liked = rest.strip().removeprefix("q=")
        try:
            value = float(liked) if liked else 1.0
        except ValueError:
            continue
        if language in LANGUAGES and value > weight:
            best, weight = language, value
    return best


def _name(host: str) -> str:
    """Return the name in a `Host` header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
