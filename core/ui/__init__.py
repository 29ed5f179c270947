"""What the browser shows: the only package that imports streamlit."""
