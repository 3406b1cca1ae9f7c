import os
import time
from datetime import timedelta
from pathlib import Path

from django.apps import AppConfig


def count(job) -> None:
    """Write 0 … total−1, one to a line. What is written is what is done; a line is written at once or not at all."""
    from jobs.services import advance, queue_mail

    path = Path(job.params["path"])
    done = len(path.read_text().splitlines()) if path.exists() else 0
    for number in range(done, job.total):
        with path.open("a") as file:
            file.write(f"{number} {os.getpid()}\n")
        advance(job, number + 1)
        time.sleep(0.1)
    queue_mail(key=f"counted:{job.key}", to="amina@example.org", template="counting/counted", context={})


class CountingConfig(AppConfig):
    name = "tests.site.jobs.counting"
    label = "counting"

    def ready(self) -> None:
        from jobs import running, services

        for module in (services, running):  # a test need not wait half a minute
            module.LEASE = module.HINT = timedelta(seconds=3)
        services.register_handler("count", count)
