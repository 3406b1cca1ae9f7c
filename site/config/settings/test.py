"""Settings of the test suite and of the servers it starts: a SQLite file, or what DATABASE_URL names."""

from .base import *  # noqa: F403
from .base import CACHE_URL, CACHES, DATABASES, STORAGES, VAR, env

SECRET_KEY = "only-for-tests-only-for-tests-only-for-tests-0123456789"  # noqa: S105
ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = env("EMAIL_BACKEND", default="django.core.mail.backends.locmem.EmailBackend")
# The servers of the browser tests serve the assets as they lie in the tree.
WHITENOISE_USE_FINDERS = env.bool("WHITENOISE_USE_FINDERS", default=False)
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
if not CACHE_URL:  # the test suite is one process; the servers that it starts are given a shared one
    CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 2000}}
ACCOUNT_RATE_LIMITS = False  # type: ignore[assignment]
RATELIMIT_ENABLE = False
CAMPUS_SAMPLE_DATA = True

# A file, so that a real worker and a real browser see it, and so that --reuse-db can keep it.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
