"""Static files under names that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes names, rewrites `import` in modules and `url()` in style sheets, and compresses once."""

    support_js_module_import_aggregation = True
