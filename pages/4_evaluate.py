"""Do the headlines really help? The answer with its interval, and what stands behind it."""

from core.ui import frame, jobs
from core.ui.evaluate import answer, brought, tabs
from core.ui.pages import DATASET

here = frame.start("evaluate", alone=DATASET)
brought.instead(here.data)
here.rest()
data, run, vectors = here.data, here.run, here.vectors
if jobs.panel("train", dataset=data.id):
    answer.earlier(run)

answer.answer(run)
answer.verdict(run)
answer.warnings(run, data)
here.onward()
tabs.tabs(run, data, vectors)
brought.offer(data)
