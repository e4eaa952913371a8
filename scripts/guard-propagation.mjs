// Measures how long a revoked session's access token goes on working at a resource server: an emulated FusionAuth, the
// service and examples/resource-server, as three processes. Then the same while a share of FusionAuth's webhooks is lost
// on its way, where the guard's lease has the last word. Needs `npm run build && npx tsc -p examples/resource-server`.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request } from 'node:http';
import { NodeProcesses } from './node-processes.mjs';

const rounds = Number(process.argv[2] ?? 100);
/** Of the lease while webhooks are lost; short, so that it can be waited for. */
const lagSeconds = 2;
const lostPercents = [0, 1, 10, 100];
/** Sessions that end unseen are waited for side by side. */
const lostRounds = Math.max(rounds, 10);
const apiKey = 'propagation-api-key';
const serviceKey = 'propagation-service-key';
const webhookSecret = 'propagation-webhook-secret';
const alice = 'b0000000-0000-4000-8000-000000000001';
const shop = 'a0000000-0000-4000-8000-000000000001';
const loginOfAlice = { loginId: 'alice@example.com', password: 'password', applicationId: shop };
/** Far more than it takes, also on a machine that is busy with other things. */
const giveUpMs = 20_000;

const processes = new NodeProcesses();
let wire;
try {
  const { url: emulator } = await processes.start(
    ['dist/emulator/main.js', '--demo', '--port', '0', '--api-key', apiKey],
    {},
  );
  const { url: service } = await processes.start(['dist/main.js'], {
    PORT: '0',
    FUSIONAUTH_URL: emulator,
    FUSIONAUTH_API_KEY: apiKey,
    DEMO_SERVICE_KEY: serviceKey,
    RATE_LIMIT_POINTS: '100000000',
    WEBHOOK_HEADER_NAME: 'X-Webhook-Secret',
    WEBHOOK_HEADER_VALUE: webhookSecret,
  });
  wire = await startWire(service);
  await tellOfRevocations(emulator, wire.url);
  const startResourceServer = async (env) => {
    const { url } = await processes.start(['examples/resource-server/dist/server.js'], {
      PORT: '0',
      SERVICE_URL: service,
      SERVICE_KEY: serviceKey,
      FUSIONAUTH_URL: emulator,
      ISSUER: 'acme.com',
      AUDIENCE: shop,
      ...env,
    });
    return url;
  };
  const resource = await startResourceServer({});

  const login = () => fusionAuth(emulator, 'POST', '/api/login', loginOfAlice);
  const mutate = (query) => graphql(service, query);
  const ways = {
    revokeSession: ({ refreshTokenId: id }) => mutate(`mutation { revokeSession(sessionId: "${id}") { outcome } }`),
    'DELETE at FusionAuth': ({ refreshTokenId: id }) => fusionAuth(emulator, 'DELETE', `/api/jwt/refresh/${id}`),
    'new login and enforceSingleSession': async () => {
      const kept = await login();
      await mutate(`mutation { enforceSingleSession(userId: "${alice}") { outcome } }`);
      return kept;
    },
  };
  process.stdout.write('from the call to the first 401        rounds     p50     p99     max (ms)\n');
  for (const [name, revoke] of Object.entries(ways)) {
    const times = [];
    for (let round = 0; round < rounds; round++) {
      const signedIn = await login();
      assert.equal(await statusAt(resource, signedIn.token), 200);
      const startedAt = performance.now();
      const revoking = revoke(signedIn);
      while ((await statusAt(resource, signedIn.token)) !== 401) {
        assert.ok(performance.now() - startedAt < giveUpMs, `${name}: the token still works`);
      }
      times.push(performance.now() - startedAt);
      const kept = await revoking;
      if (kept?.token !== undefined) assert.equal(await statusAt(resource, kept.token), 200, 'the kept session');
    }
    times.sort((one, other) => one - other);
    const at = (share) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)].toFixed(1).padStart(8);
    process.stdout.write(`${name.padEnd(36)}${String(rounds).padStart(8)}${at(0.5)}${at(0.99)}${at(1)}\n`);
  }

  const leased = await startResourceServer({ MAX_REVOCATION_LAG_SECONDS: String(lagSeconds) });
  process.stdout.write(
    `\nwebhooks lost, a lease of ${lagSeconds} s       rounds     p50     p99     max (ms)   refused by the lease\n`,
  );
  for (const percent of lostPercents) {
    let lost = 0;
    const measure = async (round) => {
      const signedIn = await login();
      assert.equal(await statusAt(leased, signedIn.token), 200);
      const isLost = Math.floor(((round + 1) * percent) / 100) > Math.floor((round * percent) / 100);
      if (isLost) {
        lost++;
        wire.lose(signedIn.refreshTokenId);
      }
      const startedAt = performance.now();
      await ways['DELETE at FusionAuth'](signedIn);
      while ((await statusAt(leased, signedIn.token)) !== 401) {
        assert.ok(performance.now() - startedAt < lagSeconds * 1_000 + giveUpMs, 'the token still works');
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      return performance.now() - startedAt;
    };
    const times = [];
    for (let begun = 0; begun < lostRounds; begun += 10) {
      const batch = Array.from({ length: Math.min(10, lostRounds - begun) }, (_, index) => measure(begun + index));
      times.push(...(await Promise.all(batch)));
    }
    times.sort((one, other) => one - other);
    const at = (share) => times[Math.min(times.length - 1, Math.ceil(share * times.length) - 1)].toFixed(1).padStart(8);
    const name = `DELETE at FusionAuth, ${percent} % lost`;
    process.stdout.write(
      `${name.padEnd(36)}${String(lostRounds).padStart(8)}${at(0.5)}${at(0.99)}${at(1)}${String(lost).padStart(10)}\n`,
    );
    // Asked for the moment that it was due, and what the machine takes to answer.
    assert.ok(times.at(-1) < lagSeconds * 1_000 + giveUpMs, 'a revoked token worked for longer than the lease');
  }
} finally {
  wire?.close();
  processes.kill();
}

/** The way of FusionAuth's events to the service, on which those of some sessions are lost without a trace. */
async function startWire(target) {
  const lost = new Set();
  const server = createServer(async (incoming, outgoing) => {
    const chunks = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const id = JSON.parse(body.toString()).event?.refreshToken?.id;
    // FusionAuth is told that all went well.
    if (lost.delete(id)) return outgoing.end();
    const { host: _host, connection: _connection, ...headers } = incoming.headers;
    const onward = request(`${target}${incoming.url}`, { method: incoming.method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502);
      answer.pipe(outgoing);
    });
    onward.on('error', () => outgoing.destroy());
    return onward.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    lose: (sessionId) => lost.add(sessionId),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function statusAt(resource, token) {
  const response = await fetch(resource, { headers: { authorization: `Bearer ${token}` } });
  await response.arrayBuffer();
  return response.status;
}

async function graphql(service, query) {
  const response = await fetch(`${service}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${serviceKey}` },
    body: JSON.stringify({ query }),
  });
  const { errors } = await response.json();
  assert.equal(errors, undefined);
}

async function fusionAuth(emulator, method, path, body) {
  const response = await fetch(`${emulator}${path}`, {
    method,
    headers: { authorization: apiKey, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  assert.ok(response.ok, `${method} ${path}: ${response.status} ${text}`);
  return text === '' ? {} : JSON.parse(text);
}

async function tellOfRevocations(emulator, service) {
  const events = { 'jwt.refresh-token.revoke': { enabled: true, transactionType: 'None' } };
  const { tenants } = await fusionAuth(emulator, 'GET', '/api/tenant');
  for (const { id } of tenants) {
    await fusionAuth(emulator, 'PATCH', `/api/tenant/${id}`, { tenant: { eventConfiguration: { events } } });
  }
  await fusionAuth(emulator, 'POST', '/api/webhook', {
    webhook: {
      url: `${service}/webhooks/fusionauth`,
      global: true,
      connectTimeout: 1_000,
      readTimeout: 2_000,
      headers: { 'X-Webhook-Secret': webhookSecret },
      eventsEnabled: { 'jwt.refresh-token.revoke': true },
    },
  });
}
