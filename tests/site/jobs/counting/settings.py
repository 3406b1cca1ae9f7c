"""Settings of the real worker in tests."""

from config.settings.test import *  # noqa: F403
from config.settings.test import CELERY_BEAT_SCHEDULE, INSTALLED_APPS, VAR

INSTALLED_APPS = [*INSTALLED_APPS, "tests.site.jobs.counting.apps.CountingConfig"]
CELERY_BEAT_SCHEDULE = {"jobs-sweep": {**CELERY_BEAT_SCHEDULE["jobs-sweep"], "schedule": 1.0}}
CELERY_BEAT_MAX_LOOP_INTERVAL = 1
EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = str(VAR / "mail")
