/** The banner that a demo, or a service with a made-up key, prints once it listens. */
interface DemoBanner {
  readonly url: string;
  readonly serviceKey: string;
  readonly fusionAuthUrl: string;
  readonly fusionAuthApiKey: string;
  /** Whether people can sign in to a console. */
  readonly hasConsole: boolean;
}

/** Alice, of the demo data. */
export const demoUserId = 'b0000000-0000-4000-8000-000000000001';
const shop = 'a0000000-0000-4000-8000-000000000001';
const tenant = '30663132-6464-6665-3032-326466613934';

export function demoBanner({ url, serviceKey, fusionAuthUrl, fusionAuthApiKey, hasConsole }: DemoBanner): string {
  const console = hasConsole ? `  Console       ${url}/console (two made-up people sign in with one click)\n` : '';
  return `
DEMO: no FusionAuth is configured, so an emulated one with made-up users runs inside this process.
Nothing is stored, and everything is gone when it stops. Set FUSIONAUTH_URL and FUSIONAUTH_API_KEY to use yours.

${console}  GraphQL API   ${url}/graphql
  GraphiQL      ${url}/
  FusionAuth    ${fusionAuthUrl} (emulated)
  Service key   ${serviceKey}
  API key       ${fusionAuthApiKey} (of the emulated FusionAuth)

1. Sign alice in once more, as an application would:

curl -sS --fail-with-body ${fusionAuthUrl}/api/login \\
  -H 'Authorization: ${fusionAuthApiKey}' -H 'Content-Type: application/json' \\
  -d '{"loginId":"alice@example.com","password":"password","applicationId":"${shop}"}'

2. List her sessions:

curl -sS --fail-with-body ${url}/graphql \\
  -H 'Authorization: Bearer ${serviceKey}' -H 'Content-Type: application/json' \\
  -d '{"query":"{ sessions(userId: \\"${demoUserId}\\") { id kind createdAt device { name } application { name } } }"}'

3. Keep the newest, end the others:

curl -sS --fail-with-body ${url}/graphql \\
  -H 'Authorization: Bearer ${serviceKey}' -H 'Content-Type: application/json' \\
  -d '{"query":"mutation { enforceSingleSession(userId: \\"${demoUserId}\\") { outcome keptSession { id } revokedCount } }"}'

4. In another terminal, see what happens to sessions as it happens:

curl -sSN --fail-with-body ${url}/graphql/stream \\
  -H 'Authorization: Bearer ${serviceKey}' -H 'Content-Type: application/json' -H 'Accept: text/event-stream' \\
  -d '{"query":"subscription { sessionEvents { type userId sessionId reason occurredAt } }"}'

5. A session policy observes: at most one phone or tablet, and two other sessions. See what it would end, of alice:

curl -sS --fail-with-body ${url}/graphql \\
  -H 'Authorization: Bearer ${serviceKey}' -H 'Content-Type: application/json' \\
  -d '{"query":"mutation { enforcePolicy(userId: \\"${demoUserId}\\") { outcome rules revokedSessions { sessionId } wouldEnd { rule { name } sessionIds } } }"}'

   Switch it to enforce, which holds within fifteen seconds, and do that again:

curl -sS --fail-with-body -X PATCH ${fusionAuthUrl}/api/tenant/${tenant} \\
  -H 'Authorization: ${fusionAuthApiKey}' -H 'Content-Type: application/json' \\
  -d '{"tenant":{"data":{"sessionPolicy":{"mode":"enforce"}}}}'

`;
}

export function developmentKeyBanner(url: string, serviceKey: string): string {
  return `
DEVELOPMENT: SERVICE_KEYS is not set, so a key with every permission is in force until this process stops.
With NODE_ENV=production the service does not start like this.

  GraphQL API   ${url}/graphql
  Service key   ${serviceKey}

`;
}
