// node consumer.mjs GROUP TOPIC: processes records as a member of a group, until it is told to stop.
import {connect, GroupService, retry} from './flotilla.mjs';

const [group, topic] = process.argv.slice(2);
let memberId = '';
let stopping = false;
let call;

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    stopping = true;
    call?.end(); // half-close: what was acked is committed, and others take over
  });
}

function handle(partition, offset, record) {
  console.log(`${partition} ${offset} ${record.key} ${record.value}`);
}

/** One stream; returns when the member has left, throws when the stream breaks. */
async function session(client) {
  call = client.Subscribe();
  call.write({join: {group, subscription: {topics: [topic]}, member_id: memberId, client_id: 'node-example'}});
  for await (const event of call) { // asks for the next event when this one is done with
    if (event.joined) memberId = event.joined.member_id;
    if (!event.delivery) continue; // others are for information
    const {delivery_id, batches} = event.delivery;
    for (const {base_offset, batch} of batches.batches) {
      batch.records.records.forEach((record, i) =>
        handle(batches.partition, BigInt(base_offset) + BigInt(record.offset_delta ?? i), record));
    }
    if (!stopping) call.write({ack: {delivery_ids: [delivery_id]}});
  }
}

while (!stopping) {
  const client = connect(GroupService);
  try {
    await session(client);
  } catch (failure) {
    if (!stopping) await retry(failure);
  } finally {
    client.close();
  }
}
