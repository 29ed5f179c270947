"""Headline Lab's stages, from a file to an explained prediction. Only `core.ui` imports streamlit."""
