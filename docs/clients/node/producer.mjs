// node producer.mjs TOPIC COUNT: writes keyed JSON.
import {randomUUID} from 'node:crypto';
import {connect, ProduceService, retry} from './flotilla.mjs';

const [topic, count] = [process.argv[2], Number(process.argv[3] ?? 10)];
let producer = connect(ProduceService);

/** Writes records, once, however often it has to try. */
async function publish(records) {
  const request = {topic, records, request_id: randomUUID()}; // the same at each attempt
  const end = Date.now() + 240_000; // the broker remembers the request for five minutes
  for (;;) {
    if (Date.now() > end) throw new Error('no broker has answered for too long');
    try {
      const {results} = await new Promise((resolve, reject) =>
        producer.Publish(request, {deadline: Date.now() + 30_000}, (error, answer) =>
          error ? reject(error) : resolve(answer)));
      const failed = results.find(result => result.error && !result.error.retriable);
      if (failed) throw new Error(failed.error.message);
      if (results.every(result => !result.error)) return results;
      await retry({});
    } catch (failure) {
      if (!('code' in failure)) throw failure; // not of gRPC
      await retry(failure);
    }
    producer.close();
    producer = connect(ProduceService);
  }
}

for (let i = 0; i < count; i++) {
  const [key, value] = [`user-${i % 7}`, JSON.stringify({order: i})];
  const [{partition, appended}] = await publish([{key: Buffer.from(key), value: Buffer.from(value)}]);
  console.log(`${key} is in partition ${partition} at offset ${appended.base_offset}`);
}
producer.close();
