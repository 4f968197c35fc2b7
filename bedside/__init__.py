"""Bedside: one house for remote care. docs/map.md shows every room and what it may touch."""
