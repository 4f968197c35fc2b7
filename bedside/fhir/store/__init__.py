"""Where documents are kept: every version, and what the current one is found by. Steps only; see `asking`."""
