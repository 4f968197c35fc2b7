"""Static files under names that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes names, rewrites relative `import` in modules and `url()` in style sheets, and compresses once.

    A bare name such as `visits/peer.js` is left alone: the import map knows it. Django's own last pattern would
    take one in `import("…")` for a path, even in a comment.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns: ClassVar = (
        "*.js",
        (
            *HashedFilesMixin._js_module_import_aggregation_patterns[1][:-1],  # type: ignore[attr-defined]
            (r"""(?P<matched>import\(["'](?P<url>[./].*?)["']\))""", """import("%(url)s")"""),
        ),
    )
