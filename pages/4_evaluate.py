"""Do the headlines really help? The answer with its interval, and what stands behind it."""

from core.ui import frame, jobs, prepared
from core.ui.evaluate import answer, brought
from core.ui.evaluate.sections import sections
from core.ui.pages import DATASET

here = frame.start("evaluate", alone=DATASET)
brought.instead(here.data)
here.rest()
data, run = here.data, here.run
if jobs.panel("train", dataset=data.id):
    answer.earlier(run)

prepared.mark(run)
answer.answer(run)
answer.verdict(run)
answer.warnings(run, data)
here.onward()
sections(here)
brought.offer(data)
