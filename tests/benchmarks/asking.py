"""The process that asks: connections that stay open ask for one page after the other. Run as a module by the benches.

``python -m tests.benchmarks.asking PORT COOKIE ROUNDS SECONDS PATH...`` prints ``{path: pages a second}``: rounds
alternate between the paths, and the medians count.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

CONNECTIONS = 16
WARM_UP = 1.0


def ask(port: int, cookie: str, paths: Sequence[str], *, rounds: int, seconds: float) -> dict[str, float]:
    """Ask a server on this machine from another process; return pages a second by path."""
    command = [sys.executable, "-m", __name__, str(port), cookie, str(rounds), str(seconds), *paths]
    root = Path(__file__).resolve().parents[2]
    return json.loads(subprocess.run(command, cwd=root, check=True, stdout=subprocess.PIPE).stdout)


async def _ask(port: int, cookie: str, rounds: int, seconds: float, paths: Sequence[str]) -> dict[str, float]:
    rates: dict[str, list[float]] = {path: [] for path in paths}
    for path in paths:
        await _round(port, cookie, path, WARM_UP)
    for _turn in range(rounds):
        for path in paths:
            rates[path].append(await _round(port, cookie, path, seconds))
    return {path: statistics.median(some) for path, some in rates.items()}


async def _round(port: int, cookie: str, path: str, seconds: float) -> float:
    request = (
        f"GET {path} HTTP/1.1\r\nHost: localhost\r\nCookie: sessionid={cookie}\r\nConnection: keep-alive\r\n\r\n"
    ).encode()
    start = time.monotonic()
    counts = await asyncio.gather(*(_connection(port, request, start + seconds) for _one in range(CONNECTIONS)))
    return sum(counts) / (time.monotonic() - start)


async def _connection(port: int, request: bytes, end: float) -> int:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    count = 0
    while time.monotonic() < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200"):
            raise RuntimeError(head.decode(errors="replace"))
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        await reader.readexactly(int(length.split(b":")[1]))
        count += 1
        if b"connection: close" in head.lower():
            writer.close()
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.close()
    return count


if __name__ == "__main__":
    port, cookie, rounds, seconds, *paths = sys.argv[1:]
    print(json.dumps(asyncio.run(_ask(int(port), cookie, int(rounds), float(seconds), paths))))
