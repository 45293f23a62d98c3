"""python consumer.py GROUP TOPIC: processes records as a member of a group, until it is told to stop."""
import queue
import signal
import sys

import grpc
from flotilla.v1.group_pb2 import SubscribeRequest
from flotilla.v1.group_pb2_grpc import GroupServiceStub

from flotilla_client import channel, retry

requests = queue.SimpleQueue()
member_id = ""
stopping = False


def stop(*_):
    global stopping
    stopping = True
    requests.put(None)  # half-close: what was acked is committed, and others take over


def handle(partition, offset, record):
    print(partition, offset, record.key.decode(), record.value.decode(), flush=True)


def session(broker, group, topic):
    """One stream; returns when the member has left, raises when the stream breaks."""
    global member_id, requests
    requests = queue.SimpleQueue()
    subscription = SubscribeRequest.Subscription(topics=[topic])
    requests.put(SubscribeRequest(join=SubscribeRequest.Join(
        group=group, subscription=subscription, member_id=member_id, client_id="python-example")))
    try:
        for event in GroupServiceStub(broker).Subscribe(iter(requests.get, None)):
            if event.HasField("joined"):
                member_id = event.joined.member_id
            if not event.HasField("delivery"):
                continue  # others are for information
            batches = event.delivery.batches
            for stored in batches.batches:
                for i, record in enumerate(stored.batch.records.records):
                    delta = record.offset_delta if record.HasField("offset_delta") else i
                    handle(batches.partition, stored.base_offset + delta, record)
            requests.put(SubscribeRequest(
                ack=SubscribeRequest.Ack(delivery_ids=[event.delivery.delivery_id])))
    finally:
        requests.put(None)  # ends the thread that sends


if __name__ == "__main__":
    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)
    while not stopping:
        try:
            with channel() as broker:
                session(broker, *sys.argv[1:3])
        except grpc.RpcError as failure:
            if not stopping:
                retry(failure)
