"""What the producer and the consumer share: going from broker to broker."""
import os
import random
import time

import grpc

BROKERS = os.environ.get("FLOTILLA_BOOTSTRAP", "127.0.0.1:7400").split(",")
OPTIONS = [("grpc.keepalive_time_ms", 20_000), ("grpc.keepalive_timeout_ms", 10_000)]
_current = 0


def channel():
    """A channel to the broker to use now."""
    return grpc.insecure_channel(BROKERS[_current % len(BROKERS)], OPTIONS)


def retry(failure=None):
    """After a failure: raises what is final, else waits and turns to the next broker."""
    global _current
    trailers = dict(failure.trailing_metadata() or ()) if failure else {}
    if trailers.get("flotilla-retriable") == "0":
        raise failure
    _current += 1
    time.sleep(0.2 + random.random() * 0.3)
