"""The chart's care fixture serves here too."""

from bedside.record.tests.conftest import care

__all__ = ["care"]
