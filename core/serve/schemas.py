"""What may be asked and what is answered, as JSON; and what is wrong with a question, in one sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from core.data.parse.cells import plain_text
from core.errors import Message, UserError
from core.locale import N_
from core.predict import Question
from core.serve.answers import Answerer

HEADLINE, NAME = 5_000, 200  # characters
FEATURES, LISTED = 2_000, 1_000
LARGEST = 1e15  # of a feature: float32 squares it without becoming infinite
YEARS = range(1970, 2101)
_SHOWN = 60  # characters of a name that a sentence repeats

_SENTENCES = {
    "missing": N_("The field {field} is missing."),
    "json_invalid": N_("The request is no valid JSON."),
    "string_type": N_("The field {field} has to be a text."),
    "string_too_long": N_("The field {field} has more than {most:,} characters."),
    "float_type": N_("The field {field} has to be a number, or null where it is not known."),
    "finite_number": N_("The field {field} has to be a number, or null where it is not known."),
    "greater_than_equal": N_("The number in the field {field} is too large."),
    "less_than_equal": N_("The number in the field {field} is too large."),
    "time": N_("The field {field} has to be a time such as 2024-03-05T09:30 or 2024-03-05T09:30+09:00."),
    "extra_forbidden": N_("There is no field {field}: see /docs."),
    "too_long": N_("The field {field} has more than {most:,} entries."),
    "too_short": N_("The field {field} is empty."),
}
_OTHER = N_("The field {field} cannot be read: see /docs for what belongs there.")
_BODY = N_("Send a JSON object, with the header Content-Type: application/json.")


def _time(value: Any) -> Any:
    """Read an ISO 8601 time; of numbers and other texts nobody knows what they mean."""
    if value is None:
        return None
    try:
        time = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        time = None
    if time is None or time.year not in YEARS:
        raise PydanticCustomError("time", "no time")
    return time


Name = Annotated[str, Field(max_length=NAME)]
Number = Annotated[float, Field(strict=True, allow_inf_nan=False, ge=-LARGEST, le=LARGEST)]


class Asked(BaseModel):
    """A headline and what is known beside it; all but the headline may be absent or null."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "headline": "가온전자, 3분기 흑자 전환에 성공",
                    "press": "한국경제",
                    "company": "가온전자",
                    "time": "2024-03-05T09:30",
                    "features": {"RSI": 52.1, "거래량비율": None},
                }
            ]
        },
    )

    headline: Annotated[str, Field(max_length=HEADLINE, description=N_("the headline"))]
    press: Annotated[Name | None, Field(description=N_("its press outlet"))] = None
    company: Annotated[Name | None, Field(description=N_("the company that it is about"))] = None
    time: Annotated[
        datetime | None,
        BeforeValidator(_time, json_schema_input_type=str | None),
        Field(
            description=N_(
                "when it came, ISO 8601, by the exchange's clock where no offset is given; now by default"
            )
        ),
    ] = None
    features: Annotated[
        dict[Name, Number | None] | None,
        Field(max_length=FEATURES, description=N_("the run's continuous features by name, as in its table")),
    ] = None

    def question(self, answerer: Answerer) -> Question:
        """Return the question to a run; raises `UserError` for features that it does not have."""
        features = {plain_text(name): value for name, value in (self.features or {}).items()}
        known = answerer.run.preparation.features
        if unknown := [name for name in features if name not in known]:
            raise UserError(
                N_("The run has no feature {name}; it has {known}."),
                name=", ".join(_short(name) for name in unknown[:5]),
                known=", ".join(known) or "–",
            )
        return Question(
            self.headline,
            plain_text(self.press or "") or None,
            plain_text(self.company or "") or None,
            answerer.clock(self.time),
            {name: value for name, value in features.items() if value is not None},
        )


class AskedList(BaseModel):
    """Several questions at once, which are answered in their order."""

    model_config = ConfigDict(extra="forbid")

    questions: Annotated[list[Asked], Field(min_length=1, max_length=LISTED)]


class Interval(BaseModel):
    """The ends of an interval at a level, such as 0.95."""

    low: float
    high: float
    level: float


class Score(BaseModel):
    """A score on rows that the models had not seen, with its 95% interval; null where undefined."""

    name: str
    value: float | None
    low: float | None
    high: float | None


class Lift(BaseModel):
    """What the headlines add to the score of the table alone, with its 95% interval, and what that means."""

    metric: str
    value: float | None
    low: float | None
    high: float | None
    verdict: str
    sentence: str


class About(BaseModel):
    """The run that is asked, with how far it can be believed."""

    id: str
    dataset: str
    created: str
    task: Annotated[str, Field(description=N_("classify or regress"))]
    classes: list[str]
    features: list[str]
    reads_press: bool
    encoder: str
    metric: Score | None
    verdict: Annotated[str, Field(description=N_("whether the ensemble beats chance"))]
    text_lift: Lift | None


class Group(BaseModel):
    """What a group of columns adds to the ensemble's probability of `class` or return, before calibration."""

    group: str
    contribution: float


class Warned(BaseModel):
    """What speaks against believing a prediction."""

    code: str
    message: str


class Said(BaseModel):
    """The predictions, calibrated: by model, and `mean`, which is the ensemble."""

    predictions: Annotated[
        dict[str, dict[str, float | None] | float | None],
        Field(
            description=N_("by model, and mean is the ensemble: a probability for each class, or the return")
        ),
    ]
    explained: Annotated[
        str | None, Field(alias="class", description=N_("the class that interval and groups are of"))
    ]
    interval: Annotated[Interval | None, Field(description=N_("the ensemble's"))]
    groups: Annotated[
        list[Group],
        Field(description=N_("what each group adds to the ensemble's prediction, before calibration")),
    ]
    warnings: Annotated[list[Warned], Field(description=N_("what speaks against believing the prediction"))]


class Answered(Said):
    """The answer to a question."""

    run: Annotated[About, Field(description=N_("the run, and how far it can be believed"))]


class Failed(BaseModel):
    """What went wrong, in one sentence."""

    error: str


class AnsweredList(BaseModel):
    """The answers to several questions, in their order; a question that has none has an `error` in its place."""

    answers: list[Said | Failed]
    run: About


class Health(BaseModel):
    """That the server answers, and how many questions wait."""

    status: str
    waiting: int


def fault(errors: Sequence[Mapping[str, Any]]) -> Message:
    """Return the first of pydantic's errors as a sentence."""
    first = errors[0]
    kind, place = str(first["type"]), [str(part) for part in first["loc"] if part != "body"]
    if kind == "json_invalid":
        return Message(_SENTENCES[kind])
    if not place:
        return Message(_BODY)
    context = first.get("ctx") or {}
    field = ".".join(_short(part) for part in place if part != "[key]")
    most = context.get("max_length", 0)
    return Message(_SENTENCES.get(kind, _OTHER), {"field": field, "most": most})


def _short(name: str) -> str:
    """Return a name that was sent, for a sentence: not all of a long one, and nothing that UTF-8 cannot hold."""
    clean = name.encode("utf-8", "replace").decode("utf-8")
    return clean if len(clean) <= _SHOWN else f"{clean[: _SHOWN - 1]}…"
