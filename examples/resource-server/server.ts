/** A resource server that refuses the access tokens of revoked sessions. See README.md for how to run it. */
import { createServer, type ServerResponse } from 'node:http';
import { createGuard } from 'fusionauth-sessions/guard';
import { acceptedToken, expressGuard } from 'fusionauth-sessions/guard/express';

const {
  SERVICE_URL = '',
  SERVICE_KEY = '',
  FUSIONAUTH_URL = '',
  ISSUER = '',
  AUDIENCE = '',
  PORT = '8080',
  MAX_REVOCATION_LAG_SECONDS = '300',
} = process.env;

const guard = createGuard({
  serviceUrl: SERVICE_URL,
  serviceKey: SERVICE_KEY,
  accessTokens: { fusionAuthUrl: FUSIONAUTH_URL, issuer: ISSUER, audience: AUDIENCE },
  whenFeedIsDown: 'refuse',
  maxRevocationLagSeconds: Number(MAX_REVOCATION_LAG_SECONDS),
  onFeedChange: ({ state }) => log(`The feed is ${state}`),
  onError: ({ code, message }) => log(`${code}: ${message}`),
});
await guard.ready();

const authenticate = expressGuard(guard);
const server = createServer((request, response) => {
  authenticate(request, response, () => {
    const { userId, sessionId } = acceptedToken(request);
    sendJson(response, { userId, sessionId });
  });
});
server.listen(Number(PORT), '127.0.0.1', () => {
  const address = server.address();
  log(`Listening on http://127.0.0.1:${typeof address === 'object' ? address?.port : PORT}`);
});

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    server.close();
    server.closeAllConnections();
    void guard[Symbol.asyncDispose]();
  });
}

function sendJson(response: ServerResponse, value: unknown): void {
  response.setHeader('content-type', 'application/json').end(JSON.stringify(value));
}

function log(text: string): void {
  process.stdout.write(`${text}\n`);
}
