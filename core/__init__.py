"""Headline Lab's stages, from a file to an explained prediction. Only `core.ui` imports streamlit."""

import os

# OpenMP's threads spin while they wait and starve the other library's on a small machine; set before either loads.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
# Nothing leaves this machine: no usage reports, no conversion service of the hub.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DISABLE_SAFETENSORS_CONVERSION", "1")
