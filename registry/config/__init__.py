"""Wiring: settings, URL map, Celery, wsgi; imported by nobody."""
