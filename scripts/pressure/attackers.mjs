// A worker thread that sends the attacks, so that neither sending nor reading them delays the measure of anybody else.
// It is given { url, attackers, connectionsOfUser, maxAttacks, maxMs } and posts { sent, statuses, resets } when it is over.
// A message with attackers replaces them, as their tokens expire.
import { setTimeout as delay } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { announceBody, attackNames, bodyOf, readNothing } from './attacks.mjs';
import { resets, sendJson } from './send.mjs';

const { url, connectionsOfUser, maxAttacks, maxMs } = workerData;
let { attackers } = workerData;
parentPort.on('message', (renewed) => {
  attackers = renewed;
});

const statuses = {};
let sent = 0;
const startedAt = performance.now();
const isOver = () => sent >= maxAttacks || performance.now() - startedAt >= maxMs;

const attack = async (of, first) => {
  for (let index = first; !isOver(); index++) {
    sent++;
    const attacker = attackers[of];
    const name = attackNames[index % attackNames.length];
    const { status } = await sendJson(`${url}/graphql`, {
      key: attacker.token,
      body: bodyOf(name, attacker),
      parses: false,
    });
    statuses[name] ??= {};
    statuses[name][status] = (statuses[name][status] ?? 0) + 1;
    if (index % 100 === 0) await announceBody(url);
    // A client that is told to wait goes on all the same, but not as fast as it can: the test has to run, too.
    if (status === 429) await delay(20);
  }
};
const starve = async () => {
  while (!isOver()) {
    const stop = readNothing(url, attackers[0], 20);
    await delay(2_000);
    stop();
  }
};
const attacks = attackers.flatMap((_, of) =>
  Array.from({ length: connectionsOfUser }, (__, connection) => attack(of, of * 5 + connection)),
);
await Promise.all([...attacks, starve()]);
parentPort.postMessage({ sent, statuses, resets: resets.count });
parentPort.close();
