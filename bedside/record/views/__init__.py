"""The chart's pages, and the panes beside a visit: each works as a page of its own and as a part of another."""
