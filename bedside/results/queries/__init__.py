"""Every read of this room: the inbox, the watch over it, and results as their patient reads them."""

from .inbox import Inbox, ResultPage, inbox, open_counts, result_page, watch
from .mine import MyResult, MyResults, choices_page, my_result, my_results

__all__ = [
    "Inbox",
    "MyResult",
    "MyResults",
    "ResultPage",
    "choices_page",
    "inbox",
    "my_result",
    "my_results",
    "open_counts",
    "result_page",
    "watch",
]
