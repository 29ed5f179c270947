"""Stage 6: vectors to two or three coordinates, how far these may be trusted, and topics."""

from core.maps.agreement import Agreement, agreement
from core.maps.cache import coordinates, load_or_none, map_key, map_trust, save
from core.maps.outcomes import TopicOutcome, topic_outcomes
from core.maps.placement import place
from core.maps.projection import project
from core.maps.settings import METHODS, METRICS, MapSettings, Method, Metric
from core.maps.topic_store import load_topics, saved_topics, topics_key, topics_of
from core.maps.topics import Topics
from core.maps.trust import Trust, kept_neighbours, trust
from core.maps.warm import compile_apart, warm_up

__all__ = [
    "METHODS",
    "METRICS",
    "Agreement",
    "MapSettings",
    "Method",
    "Metric",
    "TopicOutcome",
    "Topics",
    "Trust",
    "agreement",
    "compile_apart",
    "coordinates",
    "kept_neighbours",
    "load_or_none",
    "load_topics",
    "map_key",
    "map_trust",
    "place",
    "project",
    "save",
    "saved_topics",
    "topic_outcomes",
    "topics_key",
    "topics_of",
    "trust",
    "warm_up",
]
