"""The queue in files under ``var/queue``: kombu's own, but what others read is there whole or not at all.

kombu 5.7 opens the file of a message in the folder that workers watch, and fills it afterwards. A worker that looks in
between takes an empty file, cannot read it and stops; that happens on a busy machine. The table of an exchange has the
same gap when it is first written. Used where no broker is configured (``CELERY_BROKER_TRANSPORT``).
"""

import contextlib
import fcntl
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.encoding import str_to_bytes
from kombu.utils.json import dumps


class Channel(filesystem.Channel):
    """A channel of messages that appear whole."""

    def _put(self, queue: str, payload: Any, **kwargs: Any) -> None:  # type: ignore[override]
        """Write the message under a name that no queue looks for, then give it the one that is looked for.

        Raises ``ChannelError`` when the folder cannot be written.
        """
        whole = Path(self.data_folder_out, f"{round(time.monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg")
        unfinished = whole.with_name(f"{whole.name}.part")
        try:
            unfinished.write_bytes(str_to_bytes(dumps(payload)))
            unfinished.replace(whole)
        except OSError as error:
            raise ChannelError(f"Cannot add the message {whole}") from error

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Return the next message; pass over one that a power cut tore, for the sweeper finds what it was about."""
        try:
            return super()._get(queue)
        except ValueError as error:
            raise Empty from error

    def get_table(self, exchange: str) -> Any:
        """Return which queues an exchange leads to (kombu's tuples), never while they are being written down."""
        with self.tables_alone():
            return super().get_table(exchange)

    def _queue_bind(self, *args: Any) -> None:
        with self.tables_alone():
            super()._queue_bind(*args)

    @contextlib.contextmanager
    def tables_alone(self) -> Iterator[None]:
        """Be the only process at the tables of exchanges."""
        self.control_folder.mkdir(parents=True, exist_ok=True)
        with (self.control_folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield


class Transport(filesystem.Transport):
    """The transport of these channels."""

    Channel = Channel
