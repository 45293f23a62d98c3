"""python producer.py TOPIC COUNT: writes keyed JSON."""
import json
import sys
import time
import uuid

import grpc
from flotilla.v1.produce_pb2 import PublishRequest
from flotilla.v1.produce_pb2_grpc import ProduceServiceStub
from flotilla.v1.record_pb2 import Record

from flotilla_client import channel, retry


def publish(topic, records):
    """Writes records, once, however often it has to try."""
    request = PublishRequest(topic=topic, records=records, request_id=str(uuid.uuid4()))  # the same at each attempt
    end = time.monotonic() + 240  # the broker remembers the request for five minutes
    while time.monotonic() < end:
        try:
            with channel() as broker:
                results = ProduceServiceStub(broker).Publish(request, timeout=30).results
        except grpc.RpcError as failure:
            retry(failure)
            continue
        errors = [result.error for result in results if result.HasField("error")]
        if not errors:
            return results
        for error in errors:
            if not error.retriable:
                raise RuntimeError(error.message)
        retry()
    raise TimeoutError("no broker has answered for too long")


if __name__ == "__main__":
    topic, count = sys.argv[1], int(sys.argv[2])
    for i in range(count):
        key, value = f"user-{i % 7}", json.dumps({"order": i})
        [result] = publish(topic, [Record(key=key.encode(), value=value.encode())])
        print(f"{key} is in partition {result.partition} at offset {result.appended.base_offset}")
