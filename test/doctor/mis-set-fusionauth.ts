import { unusedUrl } from '../support/raw-server.js';
import { day, type MisSet, problem, stranger, warning } from './mis-set-kinds.js';
import type { World } from './world.js';

export const misSetFusionAuth: readonly MisSet[] = [
  {
    what: 'a FusionAuth that does not run',
    spoil: async ({ env }) => Object.assign(env, { FUSIONAUTH_URL: await unusedUrl() }),
    line: problem('connection', 'nothing listens there'),
  },
  {
    what: 'a host that does not exist',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_URL: 'http://fusionauth.invalid:9011' }),
    line: problem('connection', 'fusionauth.invalid:9011'),
  },
  {
    what: 'https in place of http',
    spoil: ({ env, emulator }) => Object.assign(env, { FUSIONAUTH_URL: emulator.url.replace('http', 'https') }),
    line: problem('connection', 'does not speak https on this port: write http'),
  },
  {
    what: 'a FusionAuth that is too old to sign its webhooks',
    spoil: (world) => answersVersion(world, '1.47.1'),
    line: problem('version', 'has the version 1.47.1; the service is for 1.48 and newer. Update FusionAuth. Older'),
  },
  {
    what: 'a FusionAuth that is old, and no webhook',
    spoil(world) {
      Object.assign(world.env, { WEBHOOK_SIGNATURE: '' });
      answersVersion(world, '1.9.0');
    },
    line: warning('version', 'has the version 1.9.0; the service is for 1.48 and newer. Update FusionAuth.'),
  },
  {
    what: 'a key that FusionAuth does not have',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_API_KEY: 'another-secret-key' }),
    line: problem('connection', 'refuses FUSIONAUTH_API_KEY'),
  },
  {
    what: 'a key that may not end sessions',
    spoil: ({ endpoints }) => Object.assign(endpoints, { '/api/jwt/refresh': ['GET'] }),
    line: problem('api-key', 'lacks DELETE on /api/jwt/refresh'),
  },
  {
    what: 'a key that may not search users',
    spoil: ({ endpoints }) => Object.assign(endpoints, { '/api/user/search': [] }),
    line: warning('api-key', 'lacks POST on /api/user/search'),
  },
  {
    what: 'a key without any restriction',
    spoil: ({ env, emulator }) => Object.assign(env, { FUSIONAUTH_API_KEY: emulator.apiKey }),
    line: warning('api-key', 'with GET and DELETE on /api/jwt/refresh, POST on /api/user/search'),
  },
  {
    what: 'a key that may read users besides',
    spoil: ({ endpoints }) => Object.assign(endpoints, { '/api/user': ['GET'] }),
    line: warning('api-key', 'more than the service needs: GET on /api/user'),
  },
  {
    what: 'an audit log that the key may not write',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_AUDIT_LOG: 'true' }),
    line: problem('api-key', 'lacks POST on /api/system/audit-log'),
  },
  {
    what: 'a tenant that does not exist',
    spoil: ({ env }) => Object.assign(env, { FUSIONAUTH_TENANT_ID: stranger }),
    line: problem('tenant', `no tenant ${stranger}`),
  },
  {
    what: 'two tenants and none named',
    spoil({ env, emulator }) {
      emulator.store.addTenant({ name: 'Other' });
      Object.assign(env, { FUSIONAUTH_TENANT_ID: '' });
    },
    line: warning('tenant', 'FUSIONAUTH_TENANT_ID is not set'),
  },
  {
    what: 'a clock that is a minute ahead',
    spoil: ({ emulator }) => emulator.clock.advance(60_000),
    line: problem('clock', 'seconds ahead of'),
  },
  {
    what: 'a clock that is ten seconds behind',
    spoil: ({ emulator }) => emulator.clock.advance(-12_000),
    line: warning('clock', 'seconds behind'),
  },
  {
    what: 'an application without refresh tokens',
    spoil({ application, shop }) {
      const loginConfiguration = { ...shop.loginConfiguration, generateRefreshTokens: false };
      const oauthConfiguration = { ...shop.oauthConfiguration, enabledGrants: ['authorization_code'] };
      application({ loginConfiguration, oauthConfiguration });
    },
    line: warning('refresh-tokens', 'Acme Shop makes no refresh tokens'),
  },
  {
    what: 'sessions that are shorter than their access tokens',
    spoil: ({ tokens }) => tokens({ timeToLiveInSeconds: 600, refreshTokenTimeToLiveInMinutes: 5 }),
    line: warning(
      'refresh-tokens',
      'end 5 minutes after they began, before their access tokens, which live 10 minutes',
    ),
  },
  {
    what: 'access tokens that outlive what is remembered',
    spoil: ({ tokens }) => tokens({ timeToLiveInSeconds: 2 * day }),
    line: problem('access-tokens', 'Set MAX_ACCESS_TOKEN_LIFETIME_SECONDS to 172800'),
  },
  {
    what: 'access tokens that live a day',
    spoil: ({ tokens }) => tokens({ timeToLiveInSeconds: day }),
    line: warning('access-tokens', 'of Acme Shop live 1 day'),
  },
];

/** What an older one answers. */
function answersVersion({ emulator }: World, version: string): void {
  emulator.faults.add({ path: '/api/system/version', fault: { kind: 'mapBody', map: () => ({ version }) } });
}
