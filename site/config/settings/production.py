"""A server on the open internet. Every secret comes from the environment; see docs/operations.md."""

from .base import *  # noqa: F403
from .base import env

SECRET_KEY = env("SECRET_KEY")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
# Wagtail shows previews of our own pages in a frame; frame-ancestors 'self' keeps all others out.
SILENCED_SYSTEM_CHECKS = ["security.W019"]

# Organisers sign in with a second factor.
CAMPUS_REQUIRE_SECOND_FACTOR = env.bool("CAMPUS_REQUIRE_SECOND_FACTOR", default=True)
# How many proxies of ours stand before the site: rate limits count the address that the outermost one saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", default=1)
