"""Who saw or did what. Append-only: `write` adds rows, nothing ever changes one."""
