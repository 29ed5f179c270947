"""Which encoder and which model are best? Every run of a table on one board, and what is handed on."""

from core.train.runs import list_runs
from core.ui import frame
from core.ui.compare.board import board
from core.ui.compare.bring import bring
from core.ui.compare.sections import sections
from core.ui.compare.shown import Shown

here = frame.start("compare", tableless=bring)
shown = Shown(here.data, tuple(list_runs(here.data.id)))
board(shown)
sections(shown)
here.onward()
