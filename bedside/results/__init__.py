"""Who must see a result, and by when; and results as their patient reads them. What a result is, `record` knows."""
