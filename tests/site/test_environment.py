"""What a machine differs in comes from its environment; an empty variable is as good as none."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {"SECRET_KEY": "s" * 50, "ALLOWED_HOSTS": "campus.example.org"}
READ_BY_OTHERS = {"DJANGO_SETTINGS_MODULE", "WEB_CONCURRENCY"}
SHOW = """
import json, sys
from importlib import import_module
found = {name: value for name, value in vars(import_module(sys.argv[1])).items() if name.isupper()}
print(json.dumps(found, default=lambda value: type(value).__name__, skipkeys=True))
"""


def documented() -> set[str]:
    """The variables that docs/operations.md names."""
    table = (ROOT / "docs/operations.md").read_text().split("## The environment")[1].split("\n## ")[0]
    first = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name for cell in first for name in re.findall(r"`([A-Z0-9_]+)`", cell)}


def run(var: Path, script: str, *arguments: str, **given: str) -> Any:
    """Run a script in a process of its own that knows of our variables only what is given."""
    apart = {name: value for name, value in os.environ.items() if name not in documented() | {"PYTHONPATH"}}
    return subprocess.run(
        [sys.executable, "-c", script, *arguments],
        env={**apart, "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}", "CAMPUS_VAR": str(var), **given},
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


@pytest.mark.parametrize(("name", "needed"), [("local", {}), ("production", PRODUCTION)])
def test_an_empty_variable_means_the_default(tmp_path, name, needed):
    empty = dict.fromkeys(documented() - READ_BY_OTHERS - {"CAMPUS_VAR"}, "")
    assert {"DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "EMAIL_URL", "S3_BUCKET", "BASE_URL"} <= set(empty)
    without, with_empty = (
        run(tmp_path, SHOW, f"config.settings.{name}", **{**variables, **needed}) for variables in ({}, empty)
    )
    assert without.returncode == with_empty.returncode == 0, with_empty.stderr
    expected, got = json.loads(without.stdout), json.loads(with_empty.stdout)
    assert {setting for setting in expected if expected[setting] != got[setting]} == set()
    assert "sqlite3" in got["DATABASES"]["default"]["ENGINE"] and "filebased" in got["EMAIL_BACKEND"]


@pytest.mark.parametrize("required", list(PRODUCTION))
def test_what_a_server_needs_may_not_be_empty(tmp_path, required):
    refused = run(tmp_path, SHOW, "config.settings.production", **PRODUCTION | {required: ""})
    assert refused.returncode and f"Set the {required} environment variable" in refused.stderr


def test_the_web_process_takes_its_defaults_for_empty_variables_too(tmp_path):
    script = "from config.gunicorn import bind, threads, workers; print(bind, threads, workers)"
    names = ("HOST", "PORT", "WEB_THREADS", "FORWARDED_ALLOW_IPS")
    answers = [run(tmp_path, script, **given) for given in ({}, dict.fromkeys(names, ""))]
    assert answers[0].stdout == answers[1].stdout and answers[0].stdout.startswith("127.0.0.1:8000 4 ")
