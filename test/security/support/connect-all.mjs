import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

// Connects from a thread of its own, so that the other one may be blocked, and counts the connections that stand.
const { port, count, shared } = workerData;
const established = new Int32Array(shared);
const sockets = Array.from({ length: count }, () => {
  const socket = connect(port, '127.0.0.1', () => {
    Atomics.add(established, 0, 1);
    Atomics.notify(established, 0);
  });
  return socket.on('error', () => undefined);
});
parentPort.once('message', () => {
  for (const socket of sockets) socket.destroy();
});
