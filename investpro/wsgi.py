"""What gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investpro.settings.production")

from investpro import celery  # noqa: E402, F401  (tasks are sent through our broker)

application = get_wsgi_application()
