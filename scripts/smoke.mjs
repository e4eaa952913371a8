// Starts the build in dist/ as `npm start` does, sends one query and one mutation, stops it, and expects exit code 0.
// Then loads what the package exports.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { print } from 'graphql';
import { startOptions } from './start-options.mjs';

const serviceKey = 'smoke-test-service-key';
const alice = 'b0000000-0000-4000-8000-000000000001';
const startTimeoutMs = 20_000;

const service = spawn(process.execPath, [...startOptions, 'dist/main.js'], {
  env: { PATH: process.env.PATH, PORT: '0', EMULATOR_PORT: '0', DEMO_SERVICE_KEY: serviceKey },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const endpoint = await endpointOf(service);
  const { sessions } = await graphql(endpoint, `{ sessions(userId: "${alice}") { id kind } }`);
  assert.equal(sessions.length, 5);
  const { enforceSingleSession } = await graphql(
    endpoint,
    `mutation { enforceSingleSession(userId: "${alice}") { outcome revokedCount keptSessions { id } } }`,
  );
  assert.equal(enforceSingleSession.outcome, 'ENFORCED');
  assert.equal(enforceSingleSession.revokedCount, 3);

  const exited = once(service, 'exit');
  service.kill('SIGTERM');
  assert.deepEqual(await exited, [0, null]);
  process.stdout.write('The build starts, answers a query and a mutation, and stops.\n');

  const { createGuard } = await import('fusionauth-sessions/guard');
  const { fastifyGuard } = await import('fusionauth-sessions/guard/fastify');
  const { expressGuard } = await import('fusionauth-sessions/guard/express');
  const { SessionEventsDocument } = await import('fusionauth-sessions/operations');
  for (const exported of [createGuard, fastifyGuard, expressGuard]) assert.equal(typeof exported, 'function');
  assert.match(print(SessionEventsDocument), /sessionEvents/);
  process.stdout.write('The package exports the guard, its adapters and the operations.\n');
} finally {
  service.kill('SIGKILL');
}

/** The address that the service prints once it listens. Goes on reading, so that the service never blocks. */
function endpointOf({ stdout }) {
  return new Promise((resolve, reject) => {
    let printed = '';
    const giveUp = () => reject(new Error(`The service did not start. It printed:\n${printed}`));
    setTimeout(giveUp, startTimeoutMs).unref();
    stdout.setEncoding('utf8').on('end', giveUp);
    stdout.on('data', (text) => {
      printed += text;
      const endpoint = /GraphQL API +(\S+)\n/.exec(printed)?.[1];
      if (endpoint !== undefined) resolve(endpoint);
    });
  });
}

async function graphql(endpoint, query) {
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { authorization: `Bearer ${serviceKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data, errors } = await response.json();
  assert.equal(errors, undefined);
  return data;
}
