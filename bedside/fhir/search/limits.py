"""How much one search may ask for. What goes beyond is refused with the limit named, never cut off in silence."""

from __future__ import annotations

#: Resources on a page where nothing is said, and the most that can be asked for.
PAGE = 50
PAGE_MOST = 1_000

#: Parameters in one search, values in one parameter, and characters in one value.
PARAMETERS_MOST = 100
VALUES_MOST = 500
LETTERS_MOST = 4_000

#: Links in one chain, counting `_has`.
LINKS_MOST = 5

#: Keys to sort by.
SORTS_MOST = 5

#: Rounds of `:iterate`, and resources that all includes of one page may bring.
ROUNDS_MOST = 5
INCLUDED_MOST = 2_000

#: Include parameters in one search, and keys one wildcard may look up at a time.
INCLUDES_MOST = 30
KEYS_MOST = 50_000

#: Codes a value set, or what stands below a code, may come to.
CODES_MOST = 5_000

#: How far `_total=estimate` counts.
ESTIMATE_MOST = 10_000
