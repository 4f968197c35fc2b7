"""`{% load kept %}{% kept %}…{% endkept %}`: a part that is the same on every page, drawn once per language.

Why: a page's head, its footer and its icons are found out anew for each page otherwise, which is most of the work
of a short page.
"""

from __future__ import annotations

from django import template
from django.conf import settings
from django.template import Context
from django.template.loader_tags import BlockNode
from django.utils.translation import get_language

from bedside.platform.ui.context import constants

register = template.Library()


@register.tag
def kept(parser: template.base.Parser, token: template.base.Token) -> template.Node:
    """Keep what stands between the tags.

    It sees `care_line`, `is_demo` and `import_map`, and nothing of the page, the request or the reader: what one
    person sees cannot come to another this way.
    """
    nodes = parser.parse(("endkept",))
    parser.delete_first_token()
    if nodes.get_nodes_by_type(BlockNode):
        raise template.TemplateSyntaxError("a kept part is the same on every page: it cannot hold a block")
    return KeptNode(nodes)


class KeptNode(template.Node):
    """A part of a template with what it looks like in each language, as long as the template is kept itself."""

    child_nodelists = ("nodes",)

    def __init__(self, nodes: template.NodeList) -> None:
        self.nodes = nodes
        self._drawn: dict[tuple[object, ...], str] = {}

    def render(self, context: Context) -> str:
        """Return the part in the active language."""
        key = (get_language(), settings.COUNTRY, settings.IS_DEMO)
        drawn = self._drawn.get(key)
        if drawn is None:
            drawn = self._drawn[key] = self.nodes.render(context.new(constants()))
        return drawn
