"""How long a bucket takes to be looked through, and how much memory: `python -m tests.benchmarks.buckets`.

A made-up storage in a process of its own lists `--objects` (20,000) names, a hundredth of them texts that are read, the
others of kinds that are passed over; then `--objects` more are known already. Told are the time, and the memory of the
process above what it held once a tenth was looked at. Exit code 1 if that is more than the limit.
"""

import argparse
import multiprocessing
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

LIMIT_MB = 30
PAGE = 1000
BODY = b"A text"


class Storage(BaseHTTPRequestHandler):
    """Lists numbered names behind `start-after`, or behind a token that is such a name."""

    count = 0
    every = 100

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.reply(self.listing(asked) if "list-type" in asked else BODY)

    def listing(self, asked: dict[str, str]) -> bytes:
        after = asked.get("continuation-token") or asked.get("start-after") or ""
        first = int(after[:8]) + 1 if after else 0
        names = [self.name(n) for n in range(first, min(self.count, first + PAGE))]
        more = first + PAGE < self.count
        told = "".join(
            f'<Contents><Key>{name}</Key><ETag>"e"</ETag><Size>{len(BODY)}</Size></Contents>' for name in names
        )
        token = f"<NextContinuationToken>{names[-1]}</NextContinuationToken>" if more else ""
        return (
            f"<?xml version='1.0'?><ListBucketResult><IsTruncated>{str(more).lower()}</IsTruncated>"
            f"{token}{told}</ListBucketResult>"
        ).encode()

    def name(self, number: int) -> str:
        return f"{number:08}.{'txt' if number % self.every == 0 else 'mp4'}"

    def reply(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("ETag", '"e"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        pass


def serve(count: int, every: int, told: Any) -> None:
    Storage.count, Storage.every = count, every
    server = ThreadingHTTPServer(("127.0.0.1", 0), Storage)
    told.put(server.server_port)
    server.serve_forever()


def megabytes() -> float:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def look_through(feed: Any, objects: int, what: str) -> float:
    """The most memory above what was held after the first tenth."""
    from tasks.models import Feed
    from tasks.services import syncing

    begun, held, most = time.perf_counter(), 0.0, 0.0
    while Feed.objects.get(pk=feed.pk).state in ("waiting", "running"):
        syncing.sync(feed_id=feed.pk, seconds=1)
        if Feed.objects.get(pk=feed.pk).looked_at >= objects / 10:
            held = held or megabytes()
            most = max(most, megabytes())
    row = Feed.objects.get(pk=feed.pk)
    seconds = time.perf_counter() - begun
    print(
        f"{what}: {row.state}, {row.looked_at:,} objects in {seconds:.1f} s, {row.fresh:,} new, +{most - held:.1f} MB"
    )
    return most - held


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=20_000)
    parser.add_argument("--every", type=int, default=100, help="one in so many is a text")
    given = parser.parse_args()
    import django

    from tests.services import plugin

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "labeling.settings")
    told: Any = multiprocessing.Queue()
    storage = multiprocessing.Process(target=serve, args=(given.objects, given.every, told), daemon=True)
    storage.start()
    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.utils import timezone

    settings.OUTGOING_ALLOW = ["127.0.0.0/8"]
    try:
        call_command("migrate", verbosity=0)
        from tasks.services import connections, feeds
        from tests.factories import make_dataset, make_org

        org = make_org()
        made = connections.create_connection(
            organization=org, mode="live", actor=None, name="Made up", bucket="made-up", access_key_id="a", secret="b",
            endpoint=f"http://127.0.0.1:{told.get(timeout=20)}", addressing="path",
        )  # fmt: skip
        feed = feeds.create_feed(
            dataset=make_dataset(org), connection=made, actor=None, now=timezone.now(), kinds=["texts"]
        )
        first = look_through(feed, given.objects, "new")
        feed.refresh_from_db()
        feeds.request_sync(feed=feed, actor=None, now=timezone.now())
        second = look_through(feed, given.objects, "known")
        return int(max(first, second) > LIMIT_MB)
    finally:
        storage.kill()
        plugin.stop()


if __name__ == "__main__":
    sys.exit(main())
