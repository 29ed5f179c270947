"""Whom a report speaks to: every word and number of it in one language."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from core.data.classes import LOSE, WIN, class_message
from core.embed.pooling import POOLINGS
from core.errors import Message, UserError
from core.evaluate.metrics import METRICS
from core.evaluate.written import UNKNOWN
from core.explain.sentences import group_message, topic_message
from core.locale import LANGUAGES, N_, translate, translate_message
from core.train.models.titles import title
from core.train.run import Run


@dataclass(frozen=True)
class Reader:
    """The reader's language, a key of `core.locale.LANGUAGES`. Raises `UserError` for another."""

    language: str = "ko"

    def __post_init__(self) -> None:
        if self.language not in LANGUAGES:
            raise UserError(
                N_("There is no report in the language {language}; choose one of: {known}."),
                language=self.language[:20],
                known=", ".join(LANGUAGES),
            )

    def say(self, template: str, /, **params: object) -> str:
        """Translate a template that `N_` or `P_` marked, and fill it."""
        return translate(template, self.language, params)

    def text(self, message: Message) -> str:
        """Translate a message."""
        return translate_message(message, self.language)

    def class_name(self, name: str) -> str:
        """Write a class."""
        return self.text(class_message(name))

    def model(self, key: str) -> str:
        """Write a model's, a combination's or a baseline's name."""
        return self.say(title(key))

    def metric(self, run: Run, key: str) -> str:
        """Write a metric's name, as it is called for the run's classes."""
        return self.say(METRICS[key].titled(len(run.classes)))

    def group(self, name: str) -> str:
        """Write the name of a group of columns."""
        return self.text(group_message(name))

    def topic(self, keywords: tuple[str, ...], most: int = 3) -> str:
        """Write a topic's name."""
        return self.text(topic_message(keywords, most))

    def pooling(self, key: str) -> str:
        """Write a pooling's short name."""
        entry = POOLINGS.get(key)
        return self.say(entry.short) if entry else key

    def day(self, moment: pd.Timestamp | None) -> str:
        """Write a date with its weekday: 2024-01-02 (화)."""
        from babel.dates import get_day_names

        if moment is None or pd.isna(moment):
            return UNKNOWN
        weekday = get_day_names("abbreviated", locale=self.language)[moment.weekday()]
        return f"{moment:%Y-%m-%d} ({weekday})"

    def run_label(self, run: Run) -> str:
        """Write what a run is: what it predicts, how it was split, when it was made, and its id's beginning."""
        if not run.classes:
            kind = self.say(N_("return (number)"))
        elif set(run.classes) <= {WIN, LOSE}:
            kind = self.say(N_("win or lose (class)"))
        else:
            kind = self.say(N_("class"))
        made = run.created[:16].replace("T", " ")
        return f"{kind} · {self.say(run.rule.short)} · {made} UTC · {run.id[:6]}"
