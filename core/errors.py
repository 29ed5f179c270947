"""What a user can be told: messages that carry their parameters and are translated where they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Message:
    """One sentence for the user: an English template (the gettext id) and the values to put into it."""

    template: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.template.format(**self.params)


class UserError(Exception):
    """A fault that the user can mend. Mark the template with `N_`: `UserError(N_("No {x}."), x=1)`."""

    def __init__(self, template: str, **params: object) -> None:
        self.message = Message(template, params)
        super().__init__(template, params)

    def __str__(self) -> str:
        return str(self.message)
