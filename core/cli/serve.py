"""`headline-lab serve`: answer the questions of other programs with an earlier run, over HTTP."""

from __future__ import annotations

import argparse
import json
import os
import secrets
from typing import Any

from core.cli.command import Command
from core.cli.shell import _, tell
from core.errors import Message, UserError
from core.locale import N_

TOKEN = "HEADLINE_LAB_TOKEN"
PORT = 8600
_ANY = ("0.0.0.0", "::")


def _serve(options: argparse.Namespace) -> dict[str, Any]:
    from core.serve import Answerer, Gate, listen, serve
    from core.serve.about import verdict
    from core.train.runs import load_run

    token = _token()
    with listen(options.host, options.port) as listening:
        run = load_run(options.run)
        answerer = Answerer.of(run)
        url = _url(options.host, listening.getsockname()[1])
        tell(verdict(run))
        if token is None:
            token = secrets.token_urlsafe(32)
            tell(
                Message(
                    N_("The token, as {variable} is not set: {token}"), {"variable": TOKEN, "token": token}
                )
            )
        tell(
            Message(
                N_("Run {run} answers at {url}/predict; {url}/docs says how to ask. Ctrl-C ends it."),
                {"run": run.id, "url": url},
            )
        )
        if options.json:
            print(json.dumps({"url": url, "run_id": run.id}), flush=True)
        serve(answerer, Gate(token, _names(options)), listening)
    return {}


def _token() -> str | None:
    """Return the token of the environment, None where there is none; raises `UserError` for one that no header holds."""
    given = os.environ.get(TOKEN)
    if given is None:
        return None
    if not given.strip() or not given.isprintable() or " " in given:
        raise UserError(
            N_("The environment variable {variable} has to be one word without spaces."), variable=TOKEN
        )
    return given


def _names(options: argparse.Namespace) -> tuple[str, ...]:
    """Return the names that the server goes by: this machine's own, the address that it listens at, and those given."""
    from core.serve.gate import THIS_MACHINE

    own = [] if options.host in _ANY else [options.host]
    return tuple(
        dict.fromkeys([*THIS_MACHINE, *(_bracketed(name).lower() for name in (*own, *options.name))])
    )


def _url(host: str, port: int) -> str:
    named = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://{_bracketed(named)}:{port}"


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _arguments(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--run", required=True, metavar="ID")
    add(
        "--host",
        default="127.0.0.1",
        help=_("the address to listen at; by default only programs on this machine can ask"),
    )
    add("--port", type=int, default=PORT, help=_("the port; 0 takes a free one"))
    add(
        "--name",
        action="append",
        default=[],
        metavar="HOST",
        help=_("a further name that programs call this machine by, as in http://HOST"),
    )


COMMANDS = (Command("serve", N_("answer other programs with an earlier run, over HTTP"), _arguments, _serve),)
