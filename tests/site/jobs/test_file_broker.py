"""The queue in files: what a worker reads is there whole, also while others write."""

import multiprocessing
import time
from collections import Counter

import pytest
from kombu import Connection
from kombu.exceptions import ChannelError

MESSAGES, WRITERS, READERS = 500, 2, 2


def connect(folder):
    options = {name: str(folder / "in") for name in ("data_folder_in", "data_folder_out")}
    return Connection(
        "filesystem://",
        transport="jobs.file_broker:Transport",
        transport_options={**options, "control_folder": str(folder / "control")},
    )


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "in").mkdir()
    return tmp_path


def write(folder, writer):
    with connect(folder) as connection, connection.SimpleQueue("celery") as queue:
        for number in range(MESSAGES):
            queue.put([writer, number])


def read(folder, taken, end):
    with connect(folder) as connection, connection.SimpleQueue("celery") as queue:
        channel = queue.channel
        while not end.is_set() or channel._size("celery"):
            try:
                message = queue.get(block=False)
            except queue.Empty:
                continue
            taken.put(tuple(message.payload))
            message.ack()


def test_readers_who_never_pause_take_every_message_of_several_writers_once_and_whole(folder):
    spawn = multiprocessing.get_context("spawn")
    taken, end = spawn.Queue(), spawn.Event()
    readers = [spawn.Process(target=read, args=(folder, taken, end)) for _ in range(READERS)]
    writers = [spawn.Process(target=write, args=(folder, number)) for number in range(WRITERS)]
    for process in readers + writers:
        process.start()
    counted: Counter = Counter()
    until = time.monotonic() + 120
    while sum(counted.values()) < MESSAGES * WRITERS and time.monotonic() < until:
        assert all(reader.is_alive() for reader in readers), "a reader stopped over a message"
        if not taken.empty():
            counted[taken.get()] += 1
    end.set()
    for process in writers + readers:
        process.join(30)
        assert process.exitcode == 0
    assert counted == Counter({(writer, number): 1 for writer in range(WRITERS) for number in range(MESSAGES)})


def test_a_message_is_nobodys_before_it_is_written(folder):
    with connect(folder) as connection, connection.SimpleQueue("celery") as queue:
        found = []

        class Slow:
            """Looks into the folder, as a worker does, while it is being written down."""

            def __json__(self) -> str:
                found.append(queue.qsize())
                return "written"

        queue.channel._put("celery", {"body": Slow()})
        assert found == [0]
        assert queue.qsize() == 1


def test_a_message_is_nobodys_until_it_has_its_name(folder):
    with connect(folder) as connection, connection.SimpleQueue("celery") as queue:
        (folder / "in" / "1_x.celery.msg.part").write_bytes(b"")
        assert queue.qsize() == 0
        with pytest.raises(queue.Empty):
            queue.get(block=False)


def test_a_message_that_a_power_cut_tore_is_passed_over(folder):
    with connect(folder) as connection, connection.SimpleQueue("celery") as queue:
        (folder / "in" / "0_torn.celery.msg").write_bytes(b"")
        queue.channel._put("celery", {"body": "whole"})
        with pytest.raises(queue.Empty):
            queue.channel._get("celery")
        assert queue.channel._get("celery") == {"body": "whole"}


def test_a_folder_that_cannot_be_written_is_an_error_of_the_channel(folder):
    with connect(folder) as connection, connection.SimpleQueue("celery") as queue:
        (folder / "in").rmdir()
        with pytest.raises(ChannelError, match="Cannot add the message"):
            queue.channel._put("celery", {"body": ""})
