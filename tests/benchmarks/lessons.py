"""The lesson page of a signed-in learner: its queries, and its speed beside a bare Django view.

Speed: one gunicorn process (threads) serves both pages, so that the other core is free for asking; sixteen
connections that stay open ask from another process; rounds alternate between the pages, and the medians count.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .asking import ask

ROOT = Path(__file__).resolve().parents[2]
BARE = "/bare/"
ROUNDS, SECONDS = 7, 2.0
QUERY_BUDGET, RATIO_BUDGET = 12, 1 / 3
MOODLE = 58  # lesson pages a second, on two cores like ours


def measure(platform: Any) -> list[dict[str, Any]]:
    """Measure in the starter content, in the middle of a module, with a lesson done before."""
    from django.db import transaction

    cookie, path = reader_of_a_lesson()
    queries = queries_of(cookie, path)
    with server() as port:
        speeds = ask(port, cookie, [BARE, path], rounds=ROUNDS, seconds=SECONDS)
    ratio = speeds[path] / speeds[BARE]
    with transaction.atomic():
        grown = queries_of(*reader_of_a_big_module(lessons=1000, learners=1000))
        transaction.set_rollback(True)  # its lessons are not what the other modules measure
    print(f"  {path}: {queries} queries; one process: {speeds[path]:.0f} a second, bare view {speeds[BARE]:.0f}")
    return [
        row("Queries of a lesson page, learner", queries, "", QUERY_BUDGET, queries <= QUERY_BUDGET),
        row("The same, 1,000 lessons and learners", grown, "", queries, grown <= queries),
        row("Lesson pages, learner, one process", round(speeds[path], 1), "per second", MOODLE, speeds[path] >= MOODLE),
        row("Lesson pages, ratio to a bare view", round(ratio, 2), "", round(RATIO_BUDGET, 2), ratio >= RATIO_BUDGET),
    ]


def row(name: str, value: float, unit: str, budget: float | None, ok: bool) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "budget": budget, "ok": ok}


def reader_of_a_lesson(email: str = "reader-of-lessons@example.org") -> tuple[str, str]:
    """Return the session of a new learner who has done a first lesson, and the path of the second."""
    from django.test import Client

    from accounts.models import User
    from core.routing import page_url
    from modules.lessons.models import LessonPage, ModulePage
    from modules.lessons.services import mark_done
    from modules.records.models import Item

    module = next(page for page in ModulePage.objects.live().public().order_by("path") if page.numchild > 1)
    first, second = LessonPage.objects.child_of(module).live().order_by("path")[:2]
    learner = User.objects.create_user(email, name="A reader")
    mark_done(actor=learner, item=Item.objects.get(key=first.translation_key))
    client = Client()
    client.force_login(learner, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value, page_url(second, "en")


def reader_of_a_big_module(*, lessons: int, learners: int) -> tuple[str, str]:
    """Return the session of a learner in a module of many lessons that many others read, and a lesson's path."""
    from django.test import Client
    from django.utils import timezone

    from accounts.models import User
    from core.routing import page_url
    from modules.lessons.models import LessonPage, LessonProgress, ModulePage
    from modules.records.models import Item

    model = ModulePage.objects.live().order_by("path").first()
    assert model is not None
    module = ModulePage(title="A big module", slug="a-big-module", field=model.field, locale=model.locale)
    model.get_parent().add_child(instance=module)
    module.save_revision().publish()
    parent = Item.objects.get(key=module.translation_key)
    body = [("text", "<p>Text.</p>")]
    for place in range(lessons):
        page = LessonPage(title=f"Lesson {place}", slug=f"lesson-{place}", locale=module.locale, body=body)
        module.add_child(instance=page)
    pages = LessonPage.objects.child_of(module).order_by("path")
    Item.objects.bulk_create(
        Item(key=page.translation_key, kind=Item.Kind.LESSON, parent=parent, order=n, titles={"en": page.title})
        for n, page in enumerate(pages)
    )
    items = list(Item.objects.filter(parent=parent))
    people = User.objects.bulk_create(User(email=f"reader-{n}@big.example.org") for n in range(learners))
    now = timezone.now()
    pairs = [(people[0], item) for item in items] + [(person, items[0]) for person in people[1:]]
    LessonProgress.objects.bulk_create(
        LessonProgress(learner=person, learner_key=person.key, item=item, seen_at=now, done_at=now)
        for person, item in pairs
    )
    client = Client()
    client.force_login(people[0], backend="allauth.account.auth_backends.AuthenticationBackend")
    return client.cookies["sessionid"].value, page_url(pages[lessons // 2], "en")


def queries_of(cookie: str, path: str) -> int:
    """Count the queries of the page when it was read before."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    client = Client(headers={"host": "localhost"})
    client.cookies["sessionid"] = cookie
    for _turn in range(2):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(path).status_code == 200, path
    return len(captured)


@contextmanager
def server() -> Iterator[int]:
    """Yield the port of a server with the platform's own configuration and database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    env = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.benchmarks.lessons_settings",
        "PYTHONPATH": f"{ROOT / 'site'}{os.pathsep}{ROOT}",
        "WEB_CONCURRENCY": "1",
    }
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--config", "site/config/gunicorn.py"]
    command += ["--bind", f"127.0.0.1:{port}", "--max-requests", "0"]
    process = subprocess.Popen(command, cwd=ROOT, env=env)
    try:
        end = time.monotonic() + 60
        while not _answers(port):
            if time.monotonic() > end or process.poll() is not None:
                raise RuntimeError("The server does not start.")
            time.sleep(0.2)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
