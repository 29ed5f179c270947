"""Does fine-tuning make the encoder better? The settings, the training while it runs, and its verdict."""

from core.ui import frame, jobs
from core.ui.tune import form, live, result, shelf, work

here = frame.start("tune")
data = here.data

live.curves_of(data)
running = jobs.panel("tune", dataset=data.id)
chosen = form.settings_form(data, running)
if chosen is not None:
    work.start(data, *chosen)

tuned = shelf.shelf()
if tuned is not None:
    result.verdict(tuned)
    result.details(tuned)
