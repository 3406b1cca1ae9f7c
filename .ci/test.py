"""Run the tests: on SQLite always, on PostgreSQL and Redis where they answer, in the browser; sum up in one line.

Usage: .ci/test.py all|unit|e2e [-k WORDS]

The migrated database is made once for each state of the migrations and copied for every run. The last line is
``N passed, N failed``; the exit code is not zero if anything failed. CAMPUS_TEST_DATABASE_URL and CAMPUS_TEST_REDIS_URL
name servers elsewhere than on this machine; an empty value leaves them out.
"""

from __future__ import annotations

import argparse
import contextlib
import getpass
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from messages import compile_due

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / ".venv/bin/python"
CACHE = ROOT / "var/test-templates"
RUN = uuid.uuid4().hex
"""Marks every process of this run, so that none is left behind."""
WORKERS = 2


@dataclass
class Case:
    name: str
    seconds: float


@dataclass
class Outcome:
    """What one run of pytest came to."""

    title: str
    code: int = 0
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    cases: tuple[Case, ...] = ()

    @property
    def bad(self) -> bool:
        return self.code not in (0, 5)  # 5: no test chosen


# --- Services on this machine -------------------------------------------------------------------


def postgres() -> str:
    """Return the address of a PostgreSQL server that lets us make databases, else an empty string."""
    given = os.environ.get("CAMPUS_TEST_DATABASE_URL")
    if given is not None:
        candidates = [given] if given else []
    else:
        me = getpass.getuser()
        candidates = [f"postgres://{me}@127.0.0.1:5432/postgres", "postgres://postgres@127.0.0.1:5432/postgres"]
    for url in candidates:
        with contextlib.suppress(Exception):
            if sql(url, "SELECT 1 FROM pg_roles WHERE rolname = current_user AND (rolcreatedb OR rolsuper)"):
                return url
    return ""


def sql(url: str, statement: str) -> list[tuple[object, ...]]:
    import psycopg

    with psycopg.connect(url, autocommit=True, connect_timeout=3) as connection:
        cursor = connection.execute(statement)  # type: ignore[arg-type]
        return cursor.fetchall() if cursor.description else []


def named(url: str, name: str) -> str:
    """Return the address of another database on the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def redis_server() -> str:
    """Return the address of a Redis database that is empty and ours for this run, else an empty string."""
    import redis

    url = os.environ.get("CAMPUS_TEST_REDIS_URL", "redis://127.0.0.1:6379")
    if not url:
        return ""
    with contextlib.suppress(Exception):
        if urlsplit(url).path.strip("/"):
            redis.Redis.from_url(url, socket_timeout=2).ping()
            return url
        for number in range(15, 0, -1):
            candidate = f"{url.rstrip('/')}/{number}"
            if redis.Redis.from_url(candidate, socket_timeout=2).dbsize() == 0:
                return candidate
    return ""


# --- Databases ----------------------------------------------------------------------------------


def migrations_fingerprint() -> str:
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for room in ("site", "courses", "modules", "media"):
        for path in sorted((ROOT / room).rglob("migrations/*.py")):
            digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    for name in ("permissions.py", "countries.py"):  # what post_migrate writes
        for path in sorted(ROOT.rglob(f"*/{name}")):
            if ".venv" not in path.parts:
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def migrate(environment: dict[str, str]) -> None:
    say("Migrating a database to copy from")
    subprocess.run(
        [PYTHON, "manage.py", "migrate", "--noinput", "--verbosity", "0"],
        cwd=ROOT,
        env={**base_environment(), **environment},
        stdin=subprocess.DEVNULL,
        check=True,
    )


def sqlite_copies(var: Path, names: list[str]) -> None:
    """Put a migrated SQLite file under each name."""
    CACHE.mkdir(parents=True, exist_ok=True)
    template = CACHE / f"{migrations_fingerprint()}.sqlite3"
    if not template.exists():
        for old in CACHE.glob("*.sqlite3*"):
            old.unlink()
        with tempfile.TemporaryDirectory(dir=CACHE) as folder:
            made = Path(folder) / "made.sqlite3"
            migrate({"DATABASE_URL": f"sqlite:///{made}", "CAMPUS_VAR": folder})
            shutil.move(made, template)
    for name in names:
        shutil.copyfile(template, var / name)


@contextlib.contextmanager
def postgres_copies(server: str, names: list[str]) -> Iterator[None]:
    """Make migrated PostgreSQL databases with these names; drop them afterwards."""
    template = f"campus_template_{RUN[:12]}"
    made = [template, *names]
    try:
        for name in made:
            sql(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        sql(server, f'CREATE DATABASE "{template}"')
        with tempfile.TemporaryDirectory() as folder:
            migrate({"DATABASE_URL": named(server, template), "CAMPUS_VAR": folder})
        for name in names:
            sql(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        yield
    finally:
        for name in made:
            sql(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


# --- Running ------------------------------------------------------------------------------------


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


def base_environment() -> dict[str, str]:
    """Return the environment without what a developer's shell would change the tests by."""
    dropped = {"DATABASE_URL", "CELERY_BROKER_URL", "CACHE_URL", "EMAIL_URL", "S3_BUCKET", "BASE_URL", "PORT", "HOST"}
    return {
        **{name: value for name, value in os.environ.items() if name not in dropped},
        "PYTHONPATH": "site:.",
        "DJANGO_SETTINGS_MODULE": "config.settings.test",
        "CAMPUS_TEST_RUN": RUN,
    }


def pytest(title: str, *words: str, environment: dict[str, str]) -> Outcome:
    """Run pytest with our marks, in its own process group; return what it came to."""
    say("", f"=== {title} " + "=" * max(3, 90 - len(title)))
    outcome = Outcome(title)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        process = subprocess.Popen(
            [PYTHON, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--reuse-db", f"--junitxml={report}", *words],
            cwd=ROOT,
            env={**base_environment(), **environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        try:
            outcome.code = process.wait()
        except BaseException:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
            process.wait(20)
            raise
        finally:
            end_strays()
        outcome.seconds = time.monotonic() - began
        if report.exists():
            count(outcome, ET.parse(report).getroot())  # noqa: S314
    if outcome.bad and not outcome.failed:
        outcome.failed = 1  # pytest itself stopped
    return outcome


def count(outcome: Outcome, root: ET.Element) -> None:
    cases = []
    for case in root.iter("testcase"):
        cases.append(Case(f"{case.get('classname')}::{case.get('name')}", float(case.get("time") or 0)))
        kinds = {child.tag for child in case}
        if kinds & {"failure", "error"}:
            outcome.failed += 1
        elif "skipped" in kinds:
            outcome.skipped += 1
        else:
            outcome.passed += 1
    outcome.cases = tuple(cases)


def end_strays() -> None:
    """End the processes that carry this run's mark and are still there: workers that a test left behind."""
    mark = f"CAMPUS_TEST_RUN={RUN}".encode()
    for sign in (signal.SIGTERM, signal.SIGKILL):
        strays = [
            int(path.parent.name)
            for path in Path("/proc").glob("[0-9]*/environ")
            if int(path.parent.name) != os.getpid() and mark in read_bytes(path).split(b"\0")
        ]
        for pid in strays:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
        if not strays:
            return
        time.sleep(2)


def read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


APART = {"flushes": "; tests that empty the database", "not flushes": ""}
"""What empties the database cannot share it with what relies on the pages that migrations made: runs of their own."""


def unit(title: str, environment: dict[str, str], words: list[str]) -> list[Outcome]:
    outcomes = []
    for marks, addition in sorted(APART.items(), reverse=True):
        together = () if addition else ("-n", str(WORKERS), "--dist", "loadfile")
        marks = f"not e2e and not bench and {marks}"
        outcomes.append(pytest(title + addition, *together, "-m", marks, *words, environment=environment))
    return outcomes


def unit_on_sqlite(words: list[str]) -> list[Outcome]:
    with tempfile.TemporaryDirectory(prefix="campus-test-") as folder:
        sqlite_copies(Path(folder), ["test.sqlite3", *(f"test.sqlite3_gw{n}" for n in range(WORKERS))])
        return unit("SQLite", {"CAMPUS_VAR": folder}, words)


def unit_on_servers(server: str, redis_url: str, words: list[str]) -> list[Outcome]:
    name = f"campus_{RUN[:12]}"
    copies = [f"test_{name}", *(f"test_{name}_gw{n}" for n in range(WORKERS))]
    with tempfile.TemporaryDirectory(prefix="campus-test-") as folder, postgres_copies(server, copies):
        environment = {"CAMPUS_VAR": folder, "DATABASE_URL": named(server, name)}
        if redis_url:
            environment |= {"CELERY_BROKER_URL": redis_url}
        return unit("PostgreSQL and Redis" if redis_url else "PostgreSQL (no Redis here)", environment, words)


def browser_on_sqlite(marks: str, words: list[str]) -> Outcome:
    with tempfile.TemporaryDirectory(prefix="campus-test-") as folder:
        sqlite_copies(Path(folder), ["campus.sqlite3"])
        environment = {"CAMPUS_VAR": folder, "CAMPUS_E2E_DATABASE": f"sqlite:///{folder}/campus.sqlite3"}
        return pytest("Browser, SQLite", "tests/e2e", "-m", marks, *words, environment=environment)


def browser_on_servers(server: str, redis_url: str, words: list[str]) -> Outcome:
    name = f"campus_{RUN[:12]}"
    with tempfile.TemporaryDirectory(prefix="campus-test-") as folder, postgres_copies(server, [name]):
        environment = {"CAMPUS_VAR": folder, "CAMPUS_E2E_DATABASE": named(server, name)}
        if redis_url:
            environment |= {"CELERY_BROKER_URL": redis_url, "CACHE_URL": redis_url}
        return pytest("Browser, PostgreSQL", "tests/e2e", "-m", "e2e", *words, environment=environment)


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["all", "unit", "e2e"])
    parser.add_argument("-k", default="")
    asked = parser.parse_args()
    words = ["-k", asked.k] if asked.k else []
    compile_due()
    outcomes: list[Outcome] = []
    missing: list[str] = []

    if asked.what in ("all", "unit"):
        outcomes += unit_on_sqlite(words)
    if asked.what in ("all", "e2e"):
        server, redis_url = postgres(), redis_server()
        if not server:
            missing.append("NOT TESTED on PostgreSQL: no server that we may use answers at 127.0.0.1:5432.")
        if not redis_url:
            missing.append("NOT TESTED with Redis: none answers at 127.0.0.1:6379.")
        say("", *missing)
        if server and asked.what == "all":
            outcomes += unit_on_servers(server, redis_url, words)
        if server:
            outcomes.append(browser_on_servers(server, redis_url, words))
        outcomes.append(browser_on_sqlite("e2e and embedded" if server else "e2e", words))
        if redis_url:
            import redis

            redis.Redis.from_url(redis_url).flushdb()
    report(outcomes, missing)
    return int(any(o.bad for o in outcomes) or not any(o.passed for o in outcomes))


def report(outcomes: list[Outcome], missing: list[str]) -> None:
    """Say what was slow, what came of each run, what was not tested, and last the sum in one line."""
    slowest = sorted((case for o in outcomes for case in o.cases), key=lambda case: -case.seconds)[:10]
    say("", "The ten slowest tests:")
    say(*(f"  {case.seconds:6.1f} s  {case.name}" for case in slowest))
    say("")
    for o in outcomes:
        state = "FAILED" if o.bad else "ok    "
        say(f"{state} {o.title}: {o.passed} passed, {o.failed} failed, {o.skipped} skipped in {o.seconds:.0f} s")
    say(*missing, "")
    skipped = sum(o.skipped for o in outcomes)
    total = f"{sum(o.passed for o in outcomes)} passed, {sum(o.failed for o in outcomes)} failed"
    say(total + (f", {skipped} skipped" if skipped else ""))


if __name__ == "__main__":
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main())
