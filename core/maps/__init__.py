"""Stage 6: vectors to two coordinates, and to topics."""

from core.maps.agreement import Agreement, agreement
from core.maps.cache import coordinates, load_or_none, map_key, save
from core.maps.faithfulness import kept_neighbours
from core.maps.placement import place
from core.maps.projection import project
from core.maps.settings import METHODS, MapSettings, Method
from core.maps.topic_store import saved_topics, topics_of
from core.maps.topics import Topics
from core.maps.umap_map import warm_up

__all__ = [
    "METHODS",
    "Agreement",
    "MapSettings",
    "Method",
    "Topics",
    "agreement",
    "coordinates",
    "kept_neighbours",
    "load_or_none",
    "map_key",
    "place",
    "project",
    "save",
    "saved_topics",
    "topics_of",
    "warm_up",
]
