// Measures each of the costliest known requests by itself: a user, or somebody without credentials, sends it over one
// connection, again and again. Tells the CPU of the service for each, the longest turn of its event loop, the length of its
// answer, and which statuses came.
//
//   node scripts/attack-costs.mjs              20 times each
//   node scripts/attack-costs.mjs --times 50
//
// Needs `npm run build`.
import { parseArgs } from 'node:util';
import { attackNames, bodyOf } from './pressure/attacks.mjs';
import { Population } from './pressure/population.mjs';
import { Processes } from './pressure/processes.mjs';
import { sendJson } from './pressure/send.mjs';
import { beginsSignIn, strangersRequests } from './pressure/strangers.mjs';

const { values } = parseArgs({
  options: { times: { type: 'string', default: '20' }, port: { type: 'string', default: '6311' } },
});
const times = Number(values.times);
const apiKey = 'attack-costs-api-key';
const sessionsOfUser = 300;
const url = `http://127.0.0.1:${values.port}`;

const processes = new Processes();
try {
  await run();
} finally {
  await processes.stop();
}

async function run() {
  const emulator = await processes.startEmulator(apiKey);
  const population = new Population(emulator, apiKey);
  const applicationId = await population.addApplication();
  const service = await processes.startService({
    NODE_ENV: 'development',
    FUSIONAUTH_URL: emulator.url,
    FUSIONAUTH_API_KEY: apiKey,
    ACCESS_TOKEN_ISSUERS: 'acme.com',
    ACCESS_TOKEN_AUDIENCES: applicationId,
    INTROSPECTION: 'true',
    PORT: values.port,
    PUBLIC_URL: url,
    GRAPHIQL: 'true',
    OAUTH_ISSUERS: 'acme.com',
    OAUTH_AUDIENCES: applicationId,
    WEBHOOK_SIGNATURE: 'jwks',
    GLOBAL_REVOCATION_JWKS_URL: `${emulator.url}/.well-known/jwks.json`,
    GLOBAL_REVOCATION_ISSUER: 'https://provider.example',
    GLOBAL_REVOCATION_AUDIENCE: 'sessions',
    ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: { support: ['session:read'] } }),
    CONSOLE_CLIENT_ID: applicationId,
    CONSOLE_CLIENT_SECRET: 'the-secret-of-the-console',
    CONSOLE_COOKIE_KEYS: Buffer.alloc(32, 1).toString('base64url'),
    RATE_LIMIT_USER_POINTS: '10000000',
  });
  const [attacker] = await population.addUsers(1, sessionsOfUser);
  const key = await population.login(attacker);
  for (const name of attackNames) {
    await measure(service, name, times, () =>
      sendJson(`${service.url}/graphql`, { key, body: bodyOf(name, attacker), parses: false }),
    );
  }
  const { body } = await sendJson(`${emulator.url}/.well-known/jwks.json`, { method: 'GET' });
  for (const [name, { path, ...request }] of Object.entries(strangersRequests(body.keys[0].kid, url))) {
    await measure(service, name, 10 * times, () => sendJson(service.url + path, { ...request, parses: false }));
  }
  const { path, ...callback } = await beginsSignIn(url);
  await measure(service, 'an answer to a sign-in that began here, with a made-up code', 10 * times, () =>
    sendJson(service.url + path, { ...callback, parses: false }),
  );
}

async function measure(service, name, count, send) {
  for (let index = 0; index < 3; index++) await send();
  const before = await service.usage({ collects: true });
  const answers = [];
  for (let index = 0; index < count; index++) answers.push(await send());
  const after = await service.usage();
  const figures = {
    name,
    cpuMs: Math.round(((after.cpuMs - before.cpuMs) / count) * 100) / 100,
    longestTurnMs: Math.round(after.longestTurnMs),
    kilobytes: Math.round(Math.max(...answers.map(({ bytes }) => bytes)) / 1_000),
    statuses: [...new Set(answers.map(({ status }) => status))],
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}
