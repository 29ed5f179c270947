"""A command of the shell, and the parser of all of them.

A module of this package registers commands by having `COMMANDS`; nothing else has to be changed for a new one.
"""

from __future__ import annotations

import argparse
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import core.cli
from core.cli.shell import _
from core.locale import N_


@dataclass(frozen=True)
class Command:
    """One word after `headline-lab`.

    `help` is a template; `arguments` adds to the command's own parser; `action` takes what was parsed and returns
    what is printed: a dict, or a list of dicts, of what JSON can hold.
    """

    name: str
    help: str
    arguments: Callable[[argparse.ArgumentParser], None]
    action: Callable[[argparse.Namespace], Any]


def commands() -> list[Command]:
    """Return the commands of every module of this package, by name."""
    names = (found.name for found in pkgutil.iter_modules(core.cli.__path__) if found.name[0] != "_")
    modules = [import_module(f"core.cli.{name}") for name in names]
    return sorted((c for module in modules for c in getattr(module, "COMMANDS", ())), key=lambda c: c.name)


def parser(found: Sequence[Command]) -> argparse.ArgumentParser:
    """Return the parser of the command line; its result has the command's `action`, `json` and `verbose`."""
    description = _(N_("Does the headline say anything about the outcome?"))
    top = argparse.ArgumentParser(prog="headline-lab", description=description)
    subs = top.add_subparsers(required=True, metavar="COMMAND")
    for command in found:
        sub = subs.add_parser(command.name, help=_(command.help), description=_(command.help))
        sub.add_argument("--json", action="store_true", help=_("print JSON alone on standard output"))
        sub.add_argument(
            "--verbose", action="store_true", help=_("print details and warnings on standard error")
        )
        sub.set_defaults(action=command.action)
        command.arguments(sub)
    return top
