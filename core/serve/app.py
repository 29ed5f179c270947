"""The paths that other programs ask: JSON in, JSON out."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse
from starlette.exceptions import HTTPException as StarletteHTTPException

from core.errors import Message, UserError
from core.locale import N_, translate_message
from core.predict import Question
from core.serve.about import about
from core.serve.answers import Answer, Answerer, EncoderGone, Sealed
from core.serve.batching import Batcher, Busy
from core.serve.docs_page import docs_page
from core.serve.gate import MOST_BYTES, TOO_LARGE, Gate, Guard, language_asked
from core.serve.schemas import About, Answered, AnsweredList, Asked, AskedList, Failed, Health, fault

log = logging.getLogger(__name__)

_NO_TELEMETRY: Any = {"tracing": False, "metrics": False, "logs": False, "auto_configure": False}
_UNEXPECTED = N_("Something unexpected went wrong; the details are in the server's log.")
_STATUS = {
    400: N_("The request cannot be read."),
    404: N_("There is nothing at this address: see /docs."),
    405: N_("This address does not take that method: see /docs."),
    413: TOO_LARGE.template,
}
_STATUS_OF = {Busy: 429, EncoderGone: 503, Sealed: 409}
_FAILURES: dict[int | str, dict[str, Any]] = {
    status: {"model": Failed, "description": description}
    for status, description in (
        (401, "no token, or another one"),
        (409, "the headline is of a sealed holdout"),
        (413, "the request is larger than a megabyte"),
        (422, "the question cannot be answered as it is"),
        (429, "too many questions are waiting"),
        (503, "the run's encoder is not on this machine"),
    )
}


def make_app(answerer: Answerer, batcher: Batcher, gate: Gate) -> Guard:
    """Return the app that answers questions to a run by a batcher of the same answerer."""
    app = FastAPI(
        title="Headline Lab",
        description="What a run says about a headline.",
        docs_url=None,
        redoc_url=None,
        max_body_size=MOST_BYTES,
        telemetry=_NO_TELEMETRY,
    )
    described = lru_cache(lambda language: about(answerer.run, language))

    @app.post("/predict", response_model=Answered, responses=_FAILURES, summary=N_("Predict one headline."))
    async def predict(asked: Asked, request: Request) -> JSONResponse:
        language = _language(request)
        answer = await asyncio.wrap_future(batcher.ask([asked.question(answerer)])[0])
        return JSONResponse(answer.as_dict(language) | {"run": described(language)})

    @app.post(
        "/predict/list",
        response_model=AnsweredList,
        responses=_FAILURES,
        summary=N_(
            "Predict up to 1,000 headlines, in their order; one that has no prediction has an error in its place."
        ),
    )
    async def predict_list(asked: AskedList, request: Request) -> JSONResponse:
        language = _language(request)
        questions = [question.question(answerer) for question in asked.questions]
        answers = await _all(batcher, questions)
        written = [
            answer.as_dict(language)
            if isinstance(answer, Answer)
            else {"error": translate_message(answer.message, language)}
            for answer in answers
        ]
        return JSONResponse({"answers": written, "run": described(language)})

    @app.get(
        "/run",
        response_model=About,
        responses={401: _FAILURES[401]},
        summary=N_("Tell of the run that is asked, and how far it can be believed."),
    )
    async def run(request: Request) -> JSONResponse:
        return JSONResponse(described(_language(request)))

    @app.get("/health", response_model=Health, summary=N_("Say whether the server answers."))
    async def health() -> JSONResponse:
        return JSONResponse({"status": "ok", "waiting": batcher.waiting})

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> HTMLResponse:
        return HTMLResponse(docs_page(app.openapi(), _language(request)))

    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(UserError, _refused)
    app.add_exception_handler(StarletteHTTPException, _status)
    app.add_exception_handler(HTTPException, _status)
    app.add_exception_handler(Exception, _unexpected)
    return Guard(app, gate)


async def _all(batcher: Batcher, questions: Sequence[Question]) -> list[Answer | UserError]:
    """Return the answers to all questions; raises what is no fault of one question."""
    futures = batcher.ask(questions)
    found = await asyncio.gather(*map(asyncio.wrap_future, futures), return_exceptions=True)
    answers: list[Answer | UserError] = []
    for answer in found:
        if isinstance(answer, EncoderGone) or not isinstance(answer, Answer | UserError):
            raise answer
        answers.append(answer)
    return answers


def _language(request: Request) -> str:
    return language_asked(request.headers.get("accept-language"))


def _failed(
    request: Request, status: int, message: Message, headers: dict[str, str] | None = None
) -> JSONResponse:
    return JSONResponse({"error": translate_message(message, _language(request))}, status, headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    return _failed(request, 422, fault(error.errors()))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, UserError)
    status = next((status for kind, status in _STATUS_OF.items() if isinstance(error, kind)), 422)
    return _failed(request, status, error.message, {"retry-after": "2"} if status == 429 else None)


async def _status(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, StarletteHTTPException)
    message = Message(_STATUS.get(error.status_code, _STATUS[400]))
    return _failed(request, error.status_code, message, dict(error.headers or {}))


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    log.error("a request could not be answered", exc_info=error)
    return _failed(request, 500, Message(_UNEXPECTED))
