"""The Celery application. What has an effect is a JobRun row first; Celery only carries its id."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "investpro.settings.production")

app = Celery("investpro")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
