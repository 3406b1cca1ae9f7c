"""Gunicorn: threads, because pages wait for the database; one process per core (WEB_CONCURRENCY)."""

import gc
import os
from pathlib import Path
from typing import Any

bind = f"{os.environ.get('HOST') or '127.0.0.1'}:{os.environ.get('PORT') or '8000'}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY") or min(4, os.cpu_count() or 1))
threads = int(os.environ.get("WEB_THREADS") or 4)
preload_app = True
timeout = 60
graceful_timeout = 10
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
forwarded_allow_ips = os.environ.get("FORWARDED_ALLOW_IPS") or "127.0.0.1"
worker_tmp_dir = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
# No access log: addresses of people do not belong in ours; the proxy keeps one if its operator must.
accesslog = None
loglevel = "warning"
control_socket_disable = True


def when_ready(server: Any) -> None:
    """What was loaded to answer pages stays: looking through it for garbage takes a third of a long answer's time."""
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A connection opened before the fork belongs to nobody."""
    from django.db import connections

    connections.close_all()
