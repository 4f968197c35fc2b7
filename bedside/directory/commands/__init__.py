"""Every write of the directory."""

from .free_times import forget_past_times, lock_search_rows, store_free_times, take_free_time

__all__ = ["forget_past_times", "lock_search_rows", "store_free_times", "take_free_time"]
