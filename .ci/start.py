"""Start the platform on this machine: prepare what is not prepared, then web, worker and scheduler together.

Each step of the preparation leaves a stamp under ``var/stamps`` and is left out as long as nothing it depends
on has changed, so the next start is up in seconds.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

import honcho.manager
from honcho.compat import ProcessManager
from honcho.environ import parse_procfile
from honcho.manager import Manager
from messages import compile_due

ROOT = Path(__file__).resolve().parents[1]
VAR = Path(os.environ.get("CAMPUS_VAR") or ROOT / "var")
STAMPS = VAR / "stamps"
ROOMS = ("site", "courses", "modules", "media")
PYTHON = ROOT / ".venv/bin/python"

HOST = os.environ.get("HOST") or "127.0.0.1"
PORT = os.environ.get("PORT") or "8000"
ADDRESS = f"http://localhost:{PORT}"


def environment() -> dict[str, str]:
    """Return what every process of ours is started with."""
    return {
        **os.environ,
        "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
        "PYTHONPATH": "site:.",
        "PYTHONUNBUFFERED": "1",
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE") or "config.settings.local",
        "HOST": HOST,
        "PORT": PORT,
        "BASE_URL": os.environ.get("BASE_URL") or ADDRESS,
    }


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)


# --- Preparation --------------------------------------------------------------------------------


def fingerprint(paths: Iterable[Path], *words: str, content: bool = True) -> str:
    """Return a hash of files (their content, or only size and time) and words."""
    digest = hashlib.sha256("\0".join(words).encode())
    for path in sorted(paths):
        stat = path.stat()
        digest.update(f"\0{path.relative_to(ROOT)}\0".encode())
        digest.update(path.read_bytes() if content else f"{stat.st_size} {stat.st_mtime_ns}".encode())
    return digest.hexdigest()


def files(pattern: str) -> list[Path]:
    found = (path for room in ROOMS for path in (ROOT / room).glob(pattern))
    return [path for path in found if path.is_file() and "__pycache__" not in path.parts]


class Step:
    """A step that is left out while its stamp says that it was done for the same things."""

    def __init__(self, name: str, print_of_input: str) -> None:
        self.path = STAMPS / name
        self.value = print_of_input

    @property
    def due(self) -> bool:
        return not self.path.exists() or self.path.read_text() != self.value

    def done(self) -> None:
        STAMPS.mkdir(parents=True, exist_ok=True)
        self.path.write_text(self.value)


def manage(*args: str, hold: str = "") -> list[str]:
    """Run a management command; its lines are shown, but those that contain ``hold`` are returned instead."""
    held: list[str] = []
    process = subprocess.Popen(
        [PYTHON, "manage.py", *args], cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    for line in process.stdout:
        if hold and hold in line:
            held.append(line.strip())
        else:
            print("  " + line, end="", flush=True)
    if process.wait():
        say(*held, "", f"Stopped: `manage.py {' '.join(args)}` did not succeed; what it said stands above.")
        raise SystemExit(1)
    return held


def prepare() -> list[str]:
    """Compile, migrate, load, collect: what is due. Returns the lines that tell the sample accounts' password."""
    database = os.environ.get("DATABASE_URL", "")
    where = hashlib.sha256(database.encode()).hexdigest()[:12]
    if not database and not (VAR / "campus.sqlite3").exists() and STAMPS.exists():
        shutil.rmtree(STAMPS)
    lock = fingerprint([ROOT / "requirements.txt"])

    compile_due()
    migrations = Step("migrations", fingerprint(files("**/migrations/*.py"), where, lock))
    content = Step("starter-content", fingerprint(files("home/starter/**/*.*"), where, migrations.value))
    assets = list(files("**/static/**/*.*")) + files("static/**/*.*")
    static = Step("static", fingerprint(set(assets), lock, content=False))

    collecting = None
    if static.due or not any((VAR / "static").glob("*")):
        say("Collecting static files")
        collecting = subprocess.Popen(
            [PYTHON, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"], cwd=ROOT, env=environment()
        )
    if migrations.due:
        say("Preparing the database")
        manage("migrate", "--noinput", "--verbosity", "0")
        migrations.done()
    password: list[str] = []
    if content.due:
        say("Loading the starter content")
        password = manage("load_starter_content", "--accounts", hold="password")
        content.done()
    if collecting:
        if collecting.wait():
            raise SystemExit("Stopped: the static files could not be collected; what went wrong stands above.")
        static.done()
    return password


# --- Running ------------------------------------------------------------------------------------


def port_is_free() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except OSError:
            return False
    return True


def answers() -> bool:
    """Whether the site is well: web, database, worker and scheduler."""
    host = "127.0.0.1" if HOST in ("0.0.0.0", "127.0.0.1") else HOST  # noqa: S104
    try:
        with urllib.request.urlopen(f"http://{host}:{PORT}/healthz", timeout=3) as response:
            return response.status == 200
    except (urllib.error.URLError, OSError, ValueError):
        return False


def banner(password: list[str]) -> None:
    names = "learner@  trainer@  trainer2@  organiser@  focalpoint@"
    known = "\n".join(f"  {line}" for line in password) or (
        "  They keep the password shown at the first start; `make demo-password` gives them a new one."
    )
    say(
        "",
        f"Protocol Campus is running:  {ADDRESS}/",
        f"  Mail it sends:   {ADDRESS}/mailbox/",
        f"  Administration:  {ADDRESS}/admin/",
        "",
        f"Sample accounts, all at example.org:  {names}",
        known,
        "",
        "Ctrl-C stops it.",
        "",
    )


class MainProcess(ProcessManager):
    """Asks only the main process to stop: gunicorn and Celery bring their own children to an end."""

    def terminate(self, pid: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)


class Together(Manager):
    """Honcho, with fewer words."""

    def __init__(self) -> None:
        super().__init__()
        self._procmgr = MainProcess()

    @property
    def stopping(self) -> bool:
        return self._terminating

    def _system_print(self, data: str) -> None:
        if " received" in data:
            say("", "Stopping web, worker and scheduler ...")
        elif "stopped (rc=" in data and not self._terminating:
            say(f"{data.strip()}; the others are stopped too. What it said stands above.")


def serve(password: list[str]) -> int:
    """Run the processes of the Procfile until one ends or somebody stops us."""
    honcho.manager.KILL_WAIT = 30
    manager = Together()
    for name, words in parse_procfile((ROOT / "Procfile").read_text()).processes.items():
        manager.add_process(name, words, env=environment(), cwd=str(ROOT))

    def announce() -> None:
        began = time.monotonic()
        while time.monotonic() - began < 90 and not manager.stopping:
            if answers():
                banner(password)
                return
            time.sleep(0.3)
        if not manager.stopping:
            say(f"Not everything answers yet; see {ADDRESS}/healthz", *password)

    threading.Thread(target=announce, daemon=True).start()
    manager.loop()
    if manager.returncode in (130, 143):  # somebody stopped us
        say("Stopped.")
        return 0
    return manager.returncode or 1


def main() -> int:
    if not PORT.isdigit() or not 0 < int(PORT) < 65536:
        raise SystemExit(f"PORT must be a number from 1 to 65535, not {PORT!r}.")
    if not port_is_free():
        raise SystemExit(
            f"Port {PORT} is in use by another programme. Stop that one, or choose another:  "
            f"make run PORT={int(PORT) + 1 if int(PORT) < 65535 else 8000}"
        )
    return serve(prepare())


if __name__ == "__main__":
    os.chdir(ROOT)
    sys.exit(main())
