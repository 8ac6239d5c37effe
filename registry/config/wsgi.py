"""The door of the web server: `gunicorn registry.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "registry.config.settings")
application = get_wsgi_application()

from foundation.desk import start  # noqa: E402  models can be imported only now

start.check()
