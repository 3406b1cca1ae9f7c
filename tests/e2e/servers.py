"""The platform as it really runs, for the browser tests: web, worker and scheduler as processes, a mail server.

The database holds the starter content and goes back to that state before each test, in well under a second.
"""

from __future__ import annotations

import contextlib
import email
import email.policy
import os
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import environ
from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connections

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "for the browser tests only"
"""Every sample account's password here."""
PARTS = ("web", "worker", "scheduler")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_until(check: Callable[[], Any], *, seconds: float = 20, what: str = "") -> Any:
    """Return what ``check`` returns as soon as it is true; ``AssertionError`` after ``seconds``."""
    end = time.monotonic() + seconds
    while not (found := check()):
        assert time.monotonic() < end, f"waited {seconds} s in vain for {what or check.__name__}"
        time.sleep(0.1)
    return found


class Letter(EmailMessage):
    """A mail that arrived."""

    @property
    def text(self) -> str:
        body = self.get_body(("plain",))
        return body.get_content() if body else ""

    @property
    def links(self) -> list[str]:
        return re.findall(r"https?://[^\s<>\"]+", self.text)


class MailServer:
    """Takes every mail and keeps it."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []
        self.port = free_port()
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        policy = email.policy.default.clone(message_factory=Letter)
        self.letters.append(email.message_from_bytes(envelope.content, policy=policy))  # type: ignore[arg-type]
        return "250 OK"

    def find(self, *, to: str, subject: str = "") -> Letter | None:
        """Return the newest mail to somebody whose subject contains the words."""
        for letter in reversed(self.letters):
            if to.lower() in str(letter["To"]).lower() and subject.lower() in str(letter["Subject"]).lower():
                return letter
        return None

    def wait_for(self, *, to: str, subject: str = "", seconds: float = 30) -> Letter:
        return wait_until(lambda: self.find(to=to, subject=subject), seconds=seconds, what=f"a mail to {to}: {subject}")


class Platform:
    """The running platform: ``url``, ``mail``, and what a test does to it from outside."""

    def __init__(self, var: Path, database: str = "", **environment: str) -> None:
        """``database`` is an address (default: SQLite in ``var``); ``environment`` is what differs from the tests'."""
        self.var = var
        self.differing = environment
        var.mkdir(parents=True, exist_ok=True)
        self.database = database or f"sqlite:///{var / 'campus.sqlite3'}"
        self.embedded = self.database.startswith("sqlite")
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.mail = MailServer()
        self.processes: dict[str, subprocess.Popen[bytes]] = {}

    # --- Life -----------------------------------------------------------------------------------

    def environment(self) -> dict[str, str]:
        bin_folder = Path(sys.executable).parent
        return {
            **os.environ,
            "PATH": f"{bin_folder}:{os.environ['PATH']}",
            "PYTHONPATH": "site:.",
            "PYTHONUNBUFFERED": "1",
            "DJANGO_SETTINGS_MODULE": "config.settings.test",
            "CAMPUS_VAR": str(self.var),
            "CAMPUS_DEMO_PASSWORD": PASSWORD,
            "DATABASE_URL": self.database,
            "CONN_MAX_AGE": "0",
            "CELERY_BROKER_URL": os.environ.get("CELERY_BROKER_URL", "filesystem://localhost"),
            "CACHE_URL": os.environ.get("CACHE_URL") or f"filecache://{self.var / 'cache'}",
            "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail.port}",
            "BASE_URL": self.url,
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "WEB_CONCURRENCY": "2",
            "WORKER_CONCURRENCY": "1",
            "WHITENOISE_USE_FINDERS": "true",
            **self.differing,
        }

    def begin(self) -> None:
        """Load the starter content, keep a copy of that state, start everything."""
        self.use_database()
        self.manage("migrate", "-v0")
        self.manage("load_starter_content", "--accounts")
        self.keep_state()
        self.mail.controller.start()
        for part in PARTS:
            self.start(part)
        wait_until(self.is_well, seconds=90, what=f"the platform to be well; its logs are in {self.var}")

    def end(self) -> None:
        connections.close_all()
        for part in reversed(PARTS):
            self.stop(part)
        self.mail.controller.stop(no_assert=True)
        if not self.embedded:
            self._sql(f'DROP DATABASE IF EXISTS "{self._kept}" WITH (FORCE)')

    def manage(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"manage.py {' '.join(words)}\n{done.stdout}\n{done.stderr}"

    def start(self, part: str) -> None:
        """Start one part, as the Procfile says."""
        procfile = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if ": " in line)
        with (self.var / f"{part}.log").open("ab") as log:
            self.processes[part] = subprocess.Popen(
                procfile[part],
                shell=True,
                cwd=ROOT,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def stop(self, part: str, *, kill: bool = False) -> None:
        """Stop one part: politely, or as a crash would."""
        process = self.processes.pop(part, None)
        if process is None:
            return
        if not kill:
            process.terminate()  # the main process brings its own children to an end
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(15)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(10)

    def restart(self, part: str, *, kill: bool = False) -> None:
        self.stop(part, kill=kill)
        self.start(part)

    def is_well(self) -> bool:
        for part, process in self.processes.items():
            assert process.poll() is None, f"{part} ended:\n{self.log(part)[-4000:]}"
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=3) as response:
                return response.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def log(self, part: str) -> str:
        path = self.var / f"{part}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    # --- Database -------------------------------------------------------------------------------

    def use_database(self) -> None:
        """Let the test's own process read and write the platform's database."""
        connections.close_all()
        config = {**settings.DATABASES["default"], **environ.Env.db_url_config(self.database)}
        if self.embedded:
            config["OPTIONS"] = {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
            }
        else:
            config["OPTIONS"] = {}
        connections.settings["default"] = {**config, "CONN_MAX_AGE": 0}
        with contextlib.suppress(AttributeError):
            del connections["default"]

    @property
    def _file(self) -> Path:
        return Path(self.database.removeprefix("sqlite:///"))

    @property
    def _kept(self) -> str:
        """The file or database that keeps the state to go back to."""
        if self.embedded:
            return f"{self._file}.kept"
        return urlsplit(self.database).path.strip("/") + "_kept"

    def _sql(self, statement: str) -> None:
        import psycopg

        server = urlunsplit(urlsplit(self.database)._replace(path="/postgres"))
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)  # type: ignore[arg-type]

    def keep_state(self) -> None:
        """Keep the database as it is now; ``go_back`` returns to it."""
        connections.close_all()
        if self.embedded:
            with contextlib.closing(sqlite3.connect(self._file)) as live:
                live.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            shutil.copyfile(self._file, self._kept)
        else:
            name = urlsplit(self.database).path.strip("/")
            self._sql(f'DROP DATABASE IF EXISTS "{self._kept}" WITH (FORCE)')
            self._sql(f'CREATE DATABASE "{self._kept}" TEMPLATE "{name}"')

    def go_back(self) -> None:
        """Return to the kept state while everything goes on running."""
        from jobs.heartbeat import PARTS as BEATING
        from jobs.heartbeat import beat

        connections.close_all()
        if self.embedded:
            with (
                contextlib.closing(sqlite3.connect(self._kept)) as kept,
                contextlib.closing(sqlite3.connect(self._file, timeout=20)) as live,
            ):
                kept.backup(live)
        else:
            name = urlsplit(self.database).path.strip("/")
            self._sql(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            self._sql(f'CREATE DATABASE "{name}" TEMPLATE "{self._kept}"')
        self.clear_cache()
        self.mail.letters.clear()
        for part in BEATING:
            beat(part)

    def clear_cache(self) -> None:
        """Empty the cache that the platform's processes share."""
        url = os.environ.get("CACHE_URL")
        if url:
            import redis

            redis.Redis.from_url(url).flushdb()
        else:
            shutil.rmtree(self.var / "cache", ignore_errors=True)
