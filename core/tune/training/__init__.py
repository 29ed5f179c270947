"""Training an encoder: the model, its losses, batches within memory, the loop, and what its curves say."""
