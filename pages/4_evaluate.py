"""Do the headlines really help? The answer with its interval, and what stands behind it."""

from core.ui import frame, jobs
from core.ui.evaluate import answer
from core.ui.evaluate.sections import sections

here = frame.start("evaluate")
data, run = here.data, here.run
if jobs.panel("train", dataset=data.id):
    answer.earlier(run)

answer.answer(run)
answer.verdict(run)
answer.warnings(run, data)
here.onward()
sections(here)
