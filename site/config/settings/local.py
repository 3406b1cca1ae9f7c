"""A newcomer's machine: `make run`. Never for the open internet."""

import contextlib
import os
import warnings

from django.core.management.utils import get_random_secret_key

from .base import *  # noqa: F403
from .base import STORAGES, VAR, env

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["*"])


def _local_secret() -> str:
    """Return a secret key kept under ``var/``, made at random on the first start."""
    path = VAR / "secret_key"
    if not path.exists():
        own = path.with_name(f"secret_key.{os.getpid()}")
        own.touch(mode=0o600)
        own.write_text(get_random_secret_key())
        with contextlib.suppress(FileExistsError):
            os.link(own, path)  # whole or not at all: several processes may start at once
        own.unlink()
    return path.read_text()


SECRET_KEY = env("SECRET_KEY", default="") or _local_secret()
STORAGES["staticfiles"] = {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"}
# On a newcomer's machine, often a container, everything may run as root.
warnings.filterwarnings("ignore", message=r"(?s)You're running the worker with superuser")
CAMPUS_SAMPLE_DATA = True
