"""The same pipeline from a shell: `headline-lab check | encoders | embed | evaluate | map | run | score | serve | sts`.

Nothing heavy is imported before `main` can answer an interrupt.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence

from core.cli.process import (
    BROKEN_PIPE,
    FAULT,
    INTERRUPTED,
    UNEXPECTED,
    details_in_the_log,
    interruptible,
    leave_the_pipe,
)
from core.errors import Message, UserError
from core.locale import N_

log = logging.getLogger(__name__)

_UNEXPECTED = N_("Something unexpected went wrong: {error}. The details are in {log}.")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit status.

    0 when done; 1 after a fault that the user can mend, 70 after one that is ours; 130 when interrupted, 141 when
    nobody reads what is printed any more. argparse ends with 2 where the arguments cannot be.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    with interruptible() as interrupt:
        try:
            try:
                return _run(arguments)
            finally:
                sys.stdout.flush()
        except BrokenPipeError:
            leave_the_pipe()
            return BROKEN_PIPE
        except BaseException:
            if not interrupt.is_set():  # what an interrupt becomes on its way through a library is one too
                raise
        return INTERRUPTED


def _run(arguments: Sequence[str] | None) -> int:
    from core.cli.command import commands, parser
    from core.cli.shell import show, tell

    options = parser(commands()).parse_args(arguments)
    try:
        with details_in_the_log(options.verbose) as log_path:
            try:
                result = options.action(options)
            except (UserError, BrokenPipeError):
                raise
            except Exception as error:
                log.exception("the command failed")
                tell(Message(_UNEXPECTED, {"error": repr(error), "log": str(log_path)}))
                return UNEXPECTED
        show(result, as_json=options.json)
    except UserError as error:
        tell(error.message)
        return FAULT
    return 0


if __name__ == "__main__":
    sys.exit(main())
