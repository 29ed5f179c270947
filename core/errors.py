"""What a user can be told: messages that carry their parameters and are translated where they are shown.

A template is a key of gettext's own catalog format, so that it stays one string wherever it goes: `context EOT
singular NUL plural`, of which only the singular has to be there. `core.locale` makes such keys with `C_` and `P_`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

CONTEXT, PLURAL = "\x04", "\x00"


class Forms(NamedTuple):
    """The parts of a template; `context` and `many` are "" where it has none."""

    context: str
    one: str
    many: str


def forms(template: str) -> Forms:
    """Take a template apart."""
    context, _eot, text = template.rpartition(CONTEXT)
    one, _nul, many = text.partition(PLURAL)
    return Forms(context, one, many)


@dataclass(frozen=True)
class Message:
    """One sentence for the user: an English template and the values to put into it.

    The parameter `n` chooses between the forms of a template that has two. `code` names a warning for programs, ""
    where no program has to tell it from others.
    """

    template: str
    params: Mapping[str, object] = field(default_factory=dict)
    code: str = field(default="", compare=False)

    def __str__(self) -> str:
        _context, one, many = forms(self.template)
        return (many if many and self.params["n"] != 1 else one).format(**self.params)

    def as_dict(self) -> dict[str, Any]:
        """Return the message as JSON holds it: `{template, params}` and `code`, messages among the parameters likewise."""
        params = {k: v.as_dict() if isinstance(v, Message) else v for k, v in self.params.items()}
        plain = {"template": self.template, "params": params}
        return plain | {"code": self.code} if self.code else plain

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> Message:
        """Return a message that `as_dict` or an earlier version wrote."""
        params = saved.get("params", {})
        return cls(
            saved["template"],
            {k: cls.from_dict(v) if isinstance(v, Mapping) else v for k, v in params.items()},
            saved.get("code", ""),
        )


class UserError(Exception):
    """A fault that the user can mend. Mark the template with `N_`: `UserError(N_("No {x}."), x=1)`."""

    def __init__(self, template: str, **params: object) -> None:
        self.message = Message(template, params)
        super().__init__(template, params)

    def __reduce__(self) -> tuple[Any, ...]:
        return _user_error, (self.message,)  # from another process

    def __str__(self) -> str:
        return str(self.message)


def _user_error(message: Message) -> UserError:
    return UserError(message.template, **message.params)
