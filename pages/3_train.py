"""What do the models learn from? The splits over time, the training, and the runs of this table."""

from core.ui import frame, jobs
from core.ui.pages import DATASET, TARGET, VECTORS
from core.ui.train import form, runs

here = frame.start("train", alone=DATASET)
here.open(TARGET)
data = here.data

running = jobs.panel("train", dataset=data.id)
settings = form.settings_form(
    data, running, lambda: here.open(VECTORS)
)  # drawn all the while: a form that is not drawn forgets its choices
if settings is not None:
    runs.start(data, here.vectors if settings.reads_headline else None, settings)

runs.run_list(data)
