"""The tables of a vector file: one about its encoder, and one of vectors for each pooling."""

from __future__ import annotations

from collections.abc import Mapping

from core.embed.pooling import MEAN

_ABOUT = "about"
ABOUT_SQL = "CREATE TABLE about (encoder TEXT NOT NULL, name TEXT NOT NULL, dim INTEGER NOT NULL, entries INTEGER NOT NULL)"
_PREFIX = "vectors_"  # before a pooling's key in the name of its table


def table_of(pooling: str) -> str:
    """Return the name of the table that holds a pooling's vectors."""
    return f"{_PREFIX}{pooling}"


def vectors_sql(table: str) -> str:
    """Return the statement that makes such a table."""
    return (
        f"CREATE TABLE {table} (text BLOB NOT NULL UNIQUE, checksum INTEGER NOT NULL, vector BLOB NOT NULL)"
    )


def is_vector_table(table: str) -> bool:
    """Return whether a table is named as one of vectors, of whichever pooling."""
    return table.startswith(_PREFIX)


def is_vector_file(tables: Mapping[str, str]) -> bool:
    """Return whether these tables, by name the statement that made each, are a vector file's.

    It may lack poolings and hold ones that are no longer registered, but all have the mean, by which texts are
    counted.
    """
    vectors = {table: vectors_sql(table) for table in filter(is_vector_table, tables)}
    return table_of(MEAN) in vectors and tables == {_ABOUT: ABOUT_SQL, **vectors}
