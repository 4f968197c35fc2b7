"""The cellar: what every room stands on. Knows nothing of care."""
