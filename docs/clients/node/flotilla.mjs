// What the producer and the consumer share: the services, and going from broker to broker.
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const protos = loader.loadSync(['flotilla/v1/produce.proto', 'flotilla/v1/group.proto'], {
  includeDirs: [process.env.FLOTILLA_PROTOS ?? 'protos'],
  keepCase: true, // names as in the protos
  oneofs: true, // event.event names the arm that is set
  longs: String, // offsets beyond 2^53 stay exact
  defaults: true,
});
export const {ProduceService, GroupService} = grpc.loadPackageDefinition(protos).flotilla.v1;

const brokers = (process.env.FLOTILLA_BOOTSTRAP ?? '127.0.0.1:7400').split(',');
let current = 0;

/** A client of the broker to use now. */
export function connect(Service) {
  const options = {'grpc.keepalive_time_ms': 20_000, 'grpc.keepalive_timeout_ms': 10_000};
  return new Service(brokers[current % brokers.length], grpc.credentials.createInsecure(), options);
}

/** After a failure: throws what is final, else waits and turns to the next broker. */
export async function retry(failure) {
  if (failure.metadata?.get('flotilla-retriable')[0] === '0') throw failure;
  current++;
  await new Promise(resolve => setTimeout(resolve, 200 + Math.random() * 300));
}
