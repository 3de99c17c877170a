"""The floor: the recorded exchanges from threads, one keep-alive client each, nothing judged or reported.

python -m benchmarks.floor FOLDER URL THREADS
"""

from __future__ import annotations

import queue
import ssl
import sys
import threading
from pathlib import Path

import httpx

from benchmarks.recording import Recorded, load


def main() -> None:
    """Send every scenario's requests in order, scenarios spread over the threads."""
    folder, url, number = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    waiting: queue.SimpleQueue[Recorded] = queue.SimpleQueue()
    for scenario in load(folder):
        waiting.put(scenario)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    threads = [threading.Thread(target=_work, args=(waiting, url, context)) for _ in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _work(waiting: queue.SimpleQueue[Recorded], url: str, context: ssl.SSLContext) -> None:
    with httpx.Client(verify=context, timeout=30, trust_env=False) as client:
        while True:
            try:
                scenario = waiting.get_nowait()
            except queue.Empty:
                return
            for body, _ in scenario.requests:
                client.post(url, content=body.encode()).raise_for_status()


if __name__ == "__main__":
    main()
