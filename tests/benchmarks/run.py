"""Measure what the design gives a budget: ``make bench``. Words choose modules: ``make bench K=page_weight``.

Every module beside this one that has ``measure`` is asked; ``measure()`` or ``measure(platform)`` returns a list of
``{name, value, unit, budget, ok}`` (``budget`` is a number or a sentence or ``None``). The platform runs with the
starter content in a throw-away folder and database, on PostgreSQL and Redis where they answer, else embedded; Django
is set up on the same database, so models and services work here too. Figures go to ``var/bench.json``; exit code 1 if
one is not ok.
"""

from __future__ import annotations

import gc
import importlib
import importlib.util
import inspect
import json
import os
import sys
import tempfile
import time
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("CAMPUS_VAR") or ROOT / "var")
sys.path[:0] = [str(ROOT / "site"), str(ROOT), str(ROOT / ".ci")]

Row = dict[str, Any]
IN_README = (
    "Certificates in a batch, one core",
    "Lesson page, first view, learner",
    "Render-blocking scripts in it, learner",
    "Queries of a lesson page, learner",
    "Lesson pages, ratio to a bare view",
    "Lesson page, 16 at once, beside Moodle's 58 a second",
    "Course page, 16 at once, beside Moodle's 37 a second",
    "Quiz page, 16 at once, beside Moodle's 44 a second",
    "Dashboard page, 16 at once, beside Moodle's 40 a second",
    "Catalogue page, 16 at once, beside Moodle's 57 a second",
    "Answers saved",
    "Import of 5,000 questions (Moodle XML)",
    "10,000 people imported and enrolled (dry run and writing)",
    "Matrix page, 5,000 × 40",
    "Matrix page, filtered for the first time, 5,000 × 40",
    "CSV export, 5,000 × 20",
)
"""What a reader of the README wants to know; all rows are in ``var/bench.json`` and told in ``docs/performance.md``."""


def modules(words: list[str]) -> list[str]:
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py"))
    names = [name for name in names if name not in ("__init__", "run") and "def measure(" in source_of(name)]
    return [name for name in names if not words or any(word in name for word in words)]


def source_of(name: str) -> str:
    return (Path(__file__).parent / f"{name}.py").read_text()


def services() -> Any:
    """Return ``.ci/test.py``, which knows how to find and use PostgreSQL and Redis."""
    spec = importlib.util.spec_from_file_location("campus_ci_test", ROOT / ".ci/test.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@contextmanager
def running(folder: str) -> Iterator[Any]:
    """Yield the platform, as a newcomer's ``make run`` starts it, but on PostgreSQL and Redis if they answer."""
    ci = services()
    server, redis_url = ci.postgres(), ci.redis_server()
    name = f"campus_bench_{uuid.uuid4().hex[:8]}"
    database = ci.named(server, name) if server else f"sqlite:///{folder}/campus.sqlite3"
    shared = {
        "DJANGO_SETTINGS_MODULE": "config.settings.local",
        "SECRET_KEY": uuid.uuid4().hex * 2,
        "CAMPUS_VAR": folder,
        "DATABASE_URL": database,
        "CONN_MAX_AGE": "60",
        "WEB_CONCURRENCY": "2",
        "WEB_THREADS": "4",
        "EMAIL_BACKEND": "",
        "WHITENOISE_USE_FINDERS": "false",
    }
    for variable in ("CACHE_URL", "CELERY_BROKER_URL"):
        os.environ.pop(variable, None)
        if redis_url:
            shared[variable] = redis_url
    os.environ.update(shared)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    print(
        "Database:", "PostgreSQL" if server else "SQLite", "| cache and broker:", "Redis" if redis_url else "embedded"
    )

    if server:
        ci.sql(server, f'CREATE DATABASE "{name}"')
    import django

    django.setup()
    from tests.e2e.servers import Platform

    platform = Platform(Path(folder), database, **shared)
    try:
        platform.manage("collectstatic", "--noinput", "-v0")
        platform.begin()
        yield platform
    finally:
        platform.end()
        if server:
            ci.sql(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        if redis_url:
            import redis

            redis.Redis.from_url(redis_url).flushdb()


def ask(name: str, platform: Any) -> list[Row]:
    """Return a module's rows; one that is not ok if it could not measure."""
    print(f"Measuring {name} ...", flush=True)
    start = time.monotonic()
    gc.collect()
    gc.freeze()  # as gunicorn and the workers do with what they have loaded
    try:
        measure = importlib.import_module(f"tests.benchmarks.{name}").measure
        return list(measure(platform) if inspect.signature(measure).parameters else measure())
    except Exception:
        traceback.print_exc()
        return [{"name": f"{name} (could not be measured)", "value": None, "unit": "", "budget": None, "ok": False}]
    finally:
        print(f"  {time.monotonic() - start:.0f} s", flush=True)


def number(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or "–"
    return f"{value:,.0f}" if isinstance(value, int) or abs(value) >= 100 else f"{value:.2f}"


def table(rows: list[Row]) -> str:
    cells = [("", "What", "Figure", "Unit", "Budget")]
    for row in rows:
        mark = "ok" if row["ok"] else "OVER"
        cells.append((mark, row["name"], number(row["value"]), row["unit"], number(row.get("budget"))))
    widths = [max(len(line[column]) for line in cells) for column in range(5)]
    lines = []
    for line in cells:
        left = f"{line[0]:<{widths[0]}}  {line[1]:<{widths[1]}}"
        lines.append(f"{left}  {line[2]:>{widths[2]}}  {line[3]:<{widths[3]}}  {line[4]:>{widths[4]}}".rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def write_readme() -> None:
    """Put the main figures of the last run into the README, between its two marks. Fails if one was not measured."""
    begin, end = "<!-- figures -->\n", "<!-- /figures -->"
    lines = ["| What | Figure | Budget |", "| --- | ---: | ---: |"]
    rows = {row["name"]: row for row in json.loads((VAR / "bench.json").read_text())}
    if missing := [name for name in IN_README if name not in rows]:
        sys.exit(f"Not measured: {', '.join(missing)}. Run make bench first, without K.")
    for row in (rows[name] for name in IN_README):
        unit = f" {row['unit']}" if row["unit"] else ""
        lines.append(f"| {row['name']} | {number(row['value'])}{unit} | {number(row.get('budget'))} |")
    readme = ROOT / "README.md"
    before, _begin, rest = readme.read_text().partition(begin)
    after = rest.partition(end)[2]
    readme.write_text(before + begin + "\n".join(lines) + "\n" + end + after)


def main(words: list[str]) -> int:
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="campus-bench-") as folder, running(folder) as platform:
        for name in modules(words):
            found = ask(name, platform)
            print(table(found), flush=True)  # a run that is broken off has said what it found
            rows += found
    VAR.mkdir(parents=True, exist_ok=True)
    (VAR / "bench.json").write_text(json.dumps(rows, indent=2, ensure_ascii=False) + "\n")
    print("", table(rows), "", f"Written to {VAR / 'bench.json'}", sep="\n")
    return int(not rows or not all(row["ok"] for row in rows))


if __name__ == "__main__":
    os.chdir(ROOT)
    if sys.argv[1:] == ["--readme"]:
        write_readme()
        sys.exit()
    sys.exit(main(sys.argv[1:]))
