"""A real worker and a real scheduler: a job outlives the worker that is killed over it."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CELERY = [sys.executable, "-m", "celery", "-A", "config"]
pytestmark = [pytest.mark.worker, pytest.mark.django_db]


class House:
    """A database, a queue, a worker and a scheduler of their own, in a folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = folder / "campus.sqlite3"
        self.env = {
            **{name: value for name, value in os.environ.items() if name not in ("CELERY_BROKER_URL", "EMAIL_BACKEND")},
            "CAMPUS_VAR": str(folder),
            "DATABASE_URL": f"sqlite:///{self.database}",
            "DJANGO_SETTINGS_MODULE": "tests.site.jobs.counting.settings",
            "PYTHONPATH": f"{ROOT / 'site'}:{ROOT}",
        }
        self.running: list[subprocess.Popen] = []

    def prepare(self) -> None:
        """Copy the migrated test database, or migrate a new one when the tests run on another kind."""
        from django.db import connection

        if connection.vendor == "sqlite":
            # A connection beside the test's own: its open transaction is not part of the copy.
            name = connection.settings_dict["NAME"]
            source = sqlite3.connect(f"file:{name}?mode=ro", uri=True)
            with closing(source), closing(sqlite3.connect(self.database)) as target:
                source.backup(target)
        else:
            self.run([sys.executable, "manage.py", "migrate", "--verbosity", "0"])

    def run(self, command: list[str]) -> str:
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def start(self, *arguments: str) -> subprocess.Popen:
        log = (self.folder / f"{arguments[0]}-{len(self.running)}.log").open("w")
        process = subprocess.Popen(
            [*CELERY, *arguments], cwd=ROOT, env=self.env, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
        self.running.append(process)
        return process

    def start_worker(self) -> subprocess.Popen:
        return self.start("worker", "--concurrency", "2", "--loglevel", "warning")

    def kill(self, process: subprocess.Popen) -> None:
        """As when the machine takes it away: the worker and its pool, with no chance to tidy up."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.running:
            if process.poll() is None:
                self.kill(process)

    def ask(self, statement: str) -> list[tuple]:
        connection = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=20)
        try:
            return connection.execute(statement).fetchall()
        finally:
            connection.close()

    def wait_for(self, what, seconds: float = 120):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if found := what():
                return found
            time.sleep(0.1)
        logs = "\n".join(path.read_text()[-3000:] for path in self.folder.glob("*.log"))
        pytest.fail(f"Waited {seconds} s in vain.\n{logs}")

    def count(self, total: int) -> Path:
        """Start a job that counts, and return the file it writes."""
        target = self.folder / "counted.txt"
        code = (
            "import django; django.setup(); from jobs.services import start_job; "
            f"start_job(actor=None, kind='count', params={json.dumps({'path': str(target)})}, total={total})"
        )
        self.run([sys.executable, "-c", code])
        return target

    def state(self) -> tuple:
        return self.ask("select state, done, attempts from jobs_job")[0]


@pytest.fixture
def house(tmp_path):
    made = House(tmp_path)
    made.prepare()
    yield made
    made.stop()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_a_job_waits_for_a_worker_is_run_its_mail_goes_out_and_both_hearts_beat(house):
    target = house.count(5)
    house.start("beat")
    house.wait_for(lambda: house.ask("select part from jobs_heartbeat where part = 'scheduler'"))
    assert house.state()[0] == "queued"
    house.start_worker()
    house.wait_for(lambda: house.state()[0] == "done")
    assert [line.split()[0] for line in lines(target)] == ["0", "1", "2", "3", "4"]
    letters = house.wait_for(lambda: list((house.folder / "mail").glob("*.log")))
    assert b"All is counted." in letters[0].read_bytes()
    parts = house.wait_for(lambda: len(found := house.ask("select part from jobs_heartbeat")) == 2 and found)
    assert {part for (part,) in parts} == {"worker", "scheduler"}


def test_a_job_whose_worker_is_killed_is_finished_by_another_and_nothing_is_done_twice(house):
    house.start("beat")
    first = house.start_worker()
    target = house.count(60)
    house.wait_for(lambda: len(lines(target)) >= 10)
    house.kill(first)
    so_far = len(lines(target))
    assert so_far < 60
    assert house.state()[0] == "running"

    house.start_worker()
    house.wait_for(lambda: house.state()[0] == "done")
    written = [line.split() for line in lines(target)]
    assert [number for number, _worker in written] == [str(number) for number in range(60)]
    assert len({worker for _number, worker in written}) == 2
    house.wait_for(lambda: list((house.folder / "mail").glob("*.log")))
    time.sleep(2)  # a second mail would have come by now
    assert len(list((house.folder / "mail").glob("*.log"))) == 1
