"""Wake the relay after a commit, off the request's path.

Publishing to a frozen broker may take seconds; the request that rang must not wait for it. A thread of this
process publishes, at most once every `PAUSE` seconds however often it is rung. A lost ring only delays: beat
runs the relay anyway.
"""

import logging
import os
import threading

from kombu.exceptions import OperationalError

PAUSE = 0.05
log = logging.getLogger(__name__)
_rung = threading.Event()
_lock = threading.Lock()
_owner = 0  # pid whose thread is running: a fork does not take threads along


def ring() -> None:
    global _owner
    _rung.set()
    if _owner != os.getpid():
        with _lock:
            if _owner != os.getpid():
                _owner = os.getpid()
                threading.Thread(target=_publish_forever, name="outbox-bell", daemon=True).start()


def _publish_forever() -> None:
    from labeling.outbox.jobs import relay

    pause = threading.Event()
    while True:
        _rung.wait()
        _rung.clear()
        try:
            relay.apply_async(retry=False, ignore_result=True)
        except (OperationalError, OSError) as error:
            log.warning("The broker does not answer (%s); beat will relay the events.", error)
        pause.wait(PAUSE)
