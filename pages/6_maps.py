"""How do the headlines lie to each other? A map of the embeddings, coloured by target, prediction or outlet."""

from core.ui import frame
from core.ui import maps as draw
from core.ui.text import _

frame.start("maps")
data = frame.need_dataset()
vectors = frame.need_vectors(data)
run = frame.chosen_run(data)

settings, colour = draw.settings_bar(data, run)
draw.warm_up_once()
points = draw.layout(data, vectors, settings)
if points is not None:
    draw.picture(data, points, settings, colour, run)
if run is not None:
    frame.onward("predict", _("Next: try a headline of your own"))
