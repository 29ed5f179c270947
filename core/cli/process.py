"""What a shell expects of a process: interrupts, closed pipes, and details in a log file.

It is imported before anything else can be interrupted, so it leans on light modules only.
"""

from __future__ import annotations

import io
import logging
import logging.handlers
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from core.locale import N_, shell_language, translate
from core.settings import private_folder, settings

FAULT, UNEXPECTED, INTERRUPTED, BROKEN_PIPE = 1, 70, 130, 141
LOG_NAME = "headline-lab.log"
_LOG_BYTES = 1_000_000
_SECONDS_TO_CLEAN_UP = 5.0


@contextmanager
def interruptible() -> Iterator[threading.Event]:
    """Say in one sentence that the process was interrupted, once, and set the event that is yielded.

    The interrupt is raised, so that what is open is closed; where a library holds it up or swallows it, the process
    ends by itself.
    """
    interrupted = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield interrupted
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        if interrupted.is_set():
            return
        interrupted.set()
        sys.unraisablehook = lambda _unraisable: None
        threading.Thread(target=_end_soon, daemon=True).start()
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, interrupt)
    hook = sys.unraisablehook
    try:
        yield interrupted
    finally:
        if interrupted.is_set():
            _say_stopped()
        else:
            signal.signal(signal.SIGINT, before)
            sys.unraisablehook = hook


def _end_soon() -> None:
    threading.Event().wait(_SECONDS_TO_CLEAN_UP)
    _say_stopped()
    os._exit(INTERRUPTED)


_said = threading.Lock()


def _say_stopped() -> None:
    if _said.acquire(blocking=False):
        sentence = translate(N_("Stopped. What was finished is saved."), shell_language())
        print(sentence, file=sys.stderr, flush=True)


def leave_the_pipe() -> None:
    """Let nothing more be written where nobody reads, nor complained of when the interpreter ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log in the workspace, both made when there is something to write, silent where that cannot be."""

    def _open(self) -> io.TextIOWrapper:
        private_folder(Path(self.baseFilename).parent)
        return super()._open()

    def handleError(self, record: logging.LogRecord) -> None:
        """Let the command go on: a log is not worth its end."""


@contextmanager
def details_in_the_log(verbose: bool) -> Iterator[Path]:
    """Write what libraries warn of into the workspace's log, and on standard error only if `verbose`.

    Yields the path of the log.
    """
    path = settings().home / LOG_NAME
    handlers: list[logging.Handler] = [
        _LogFile(path, maxBytes=_LOG_BYTES, backupCount=1, encoding="utf-8", delay=True)
    ]
    if verbose:
        handlers.append(logging.StreamHandler())
    for handler in handlers:
        handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        logging.getLogger().addHandler(handler)
    logging.captureWarnings(True)
    try:
        yield path
    finally:
        logging.captureWarnings(False)
        for handler in handlers:
            logging.getLogger().removeHandler(handler)
            handler.close()
