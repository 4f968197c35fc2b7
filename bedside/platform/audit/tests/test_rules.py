"""Fingerprints: the RFC 6962 tree, and what each byte of a row does to it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bedside.platform.audit.rules import COLUMNS, leaf_hash, row_bytes, seal_hash, split_leaves, tree_hash

#: Source: certificate-transparency test vectors (merkletree reference data), roots of the first n leaves.
VECTOR_LEAVES = [
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
]
VECTOR_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
ROW = dict.fromkeys(COLUMNS, "x") | {"id": 1, "at": datetime(2026, 11, 24, 15, tzinfo=UTC), "detail": {"b": 1, "a": 2}}


@pytest.mark.parametrize("count", range(1, 9))
def test_the_tree_is_that_of_rfc_6962(count):
    leaves = [leaf_hash(bytes.fromhex(leaf)) for leaf in VECTOR_LEAVES[:count]]
    assert tree_hash(leaves).hex() == VECTOR_ROOTS[count - 1]


def test_an_empty_tree_is_the_hash_of_nothing():
    assert tree_hash([]).hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_counts(column):
    assert row_bytes(ROW) != row_bytes(ROW | {column: None})


def test_the_same_row_read_in_another_zone_or_order_is_the_same_bytes():
    moved = ROW | {"at": ROW["at"].astimezone(timezone(timedelta(hours=-6))), "detail": {"a": 2, "b": 1}}
    assert row_bytes(dict(reversed(moved.items()))) == row_bytes(ROW)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=2, max_size=40), st.data())
def test_any_change_of_leaves_changes_the_root(leaves, data):
    at = data.draw(st.integers(0, len(leaves) - 1))
    changed = [*leaves[:at], leaf_hash(leaves[at]), *leaves[at + 1 :]]
    assert tree_hash(changed) != tree_hash(leaves)
    assert tree_hash(leaves[:-1]) != tree_hash(leaves)
    assert split_leaves(b"".join(leaves)) == leaves


def test_a_seal_covers_everything_it_says():
    words = {"number": 2, "sealed_at": ROW["at"], "count": 3, "root": "r", "prev_hash": "p"}
    others = [{"number": 3}, {"count": 4}, {"root": "q"}, {"prev_hash": "o"}, {"sealed_at": datetime.now(UTC)}]
    assert len({seal_hash(**words), *(seal_hash(**(words | other)) for other in others)}) == 6
