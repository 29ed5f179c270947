"""The page on fine-tuning: its settings, its curves while it runs, its verdict, and the encoders that it made."""
