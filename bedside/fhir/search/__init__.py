"""Search as FHIR R4 has it: parameters are read into a query, the query becomes SQL, and the rows come back as a page.

    query = parse("Observation", [("patient", "ada"), ("code", "8480-6"), ("_sort", "-date")])
    page = await answer_async(search_steps(query, reach), connection)

Nobody's words ever stand in a statement, and whatever a statement names is reached: see `statement` and `reach`.
"""

from .codes import Terminology
from .page import Row
from .parse import parse
from .query import Query
from .refusal import SearchRefused
from .steps import Page, search_steps

__all__ = ["Page", "Query", "Row", "SearchRefused", "Terminology", "parse", "search_steps"]
