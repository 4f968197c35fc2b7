"""Time, money, ids and errors. Pure Python: never imports Django, never does I/O."""
