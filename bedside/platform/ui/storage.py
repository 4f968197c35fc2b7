"""Static files under names that change with their content, so that browsers may keep them for ever."""

from __future__ import annotations

from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes names, rewrites `url()` in style sheets, and compresses once.

    Why: it leaves `import` alone. Modules name each other by the bare names of the import map
    (`visits/signal.js`), which Django would take for paths beside the module.
    """

    support_js_module_import_aggregation = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: dict[str, str] = {}

    def url(self, name: str, force: bool = False) -> str:
        """Return a file's address, worked out once: every page names twenty, and none changes while we run."""
        if name not in self._known:
            self._known[name] = super().url(name, force)
        return self._known[name]
