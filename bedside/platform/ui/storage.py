"""Static files under names that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes names, rewrites `url()` in style sheets, and compresses once.

    Why: it leaves `import` alone. Modules name each other by the bare names of the import map
    (`visits/signal.js`), which Django would take for paths beside the module.
    """

    support_js_module_import_aggregation = False
