"""Django's side of the house, as WSGI. The root ASGI app runs it in a thread pool."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bedside.config.settings")
application = get_wsgi_application()
