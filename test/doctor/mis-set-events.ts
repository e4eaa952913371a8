import { unusedUrl } from '../support/raw-server.js';
import { type MisSet, policy, problem, stranger, warning } from './mis-set-kinds.js';
import { secrets, type World } from './world.js';

function eventsWithout({ emulator }: World, left: string) {
  const { events } = emulator.store.tenantOrThrow(emulator.tenantId).eventConfiguration;
  const { [left]: _left, ...others } = events;
  return { eventConfiguration: { events: others } };
}

async function webhookKey({ emulator, webhook }: World) {
  const { id } = emulator.keys.generate({ name: 'Shared', algorithm: 'HS256' });
  webhook({ signatureConfiguration: { enabled: true, signingKeyId: id } });
}

export const misSetEvents: readonly MisSet[] = [
  {
    what: 'an event that is off in the tenant',
    spoil: (world) => world.tenant(eventsWithout(world, 'jwt.refresh-token.revoke')),
    line: problem('events', 'jwt.refresh-token.revoke is off in the tenant Default'),
  },
  {
    what: 'an event that holds sign-ins up',
    spoil: ({ emulator }) => emulator.store.enableEvents(['user.login.success'], 'AbsoluteMajority'),
    line: warning('events', 'user.login.success has the transaction type AbsoluteMajority'),
  },
  {
    what: 'deny-new without a transaction',
    spoil: async ({ env, file }) => Object.assign(env, { POLICY_FILE: await file(policy('overflow: deny-new')) }),
    line: problem('events', 'a rule with deny-new has no effect'),
  },
  {
    what: 'no events at all',
    spoil: ({ env }) => Object.assign(env, { WEBHOOK_SIGNATURE: '' }),
    line: warning('events', 'takes no events of FusionAuth'),
  },
  {
    what: 'no webhook',
    spoil: ({ emulator }) => emulator.store.webhooks.clear(),
    line: problem('webhook', 'no event reaches the service. Make a webhook under Settings > Webhooks'),
  },
  {
    what: 'two webhooks',
    spoil: ({ emulator, env }) => emulator.store.addWebhook({ url: `${env['PUBLIC_URL']}/webhooks/fusionauth` }),
    line: warning('webhook', '2 webhooks for the service'),
  },
  {
    what: 'an event that is off in the webhook',
    spoil: ({ webhook }) => webhook({ eventsEnabled: { 'jwt.refresh-token.revoke': true } }),
    line: problem('webhook', 'user.deactivate is off in the webhook'),
  },
  {
    what: 'a webhook of another tenant',
    spoil: ({ webhook }) => webhook({ global: false, tenantIds: [stranger] }),
    line: problem('webhook', 'No webhook for the service has the tenant Default'),
  },
  {
    what: 'a webhook that does not sign',
    spoil: ({ webhook }) => webhook({ signatureConfiguration: { enabled: false } }),
    line: problem('webhook', 'does not sign its deliveries'),
  },
  {
    what: 'a webhook that signs with a secret key',
    spoil: webhookKey,
    line: problem('webhook', 'signs its deliveries by HS256'),
  },
  {
    what: 'a webhook with another password',
    spoil({ env, webhook }) {
      Object.assign(env, { WEBHOOK_USERNAME: 'fusionauth', WEBHOOK_PASSWORD: secrets.webhookPassword });
      webhook({ httpAuthenticationUsername: 'fusionauth', httpAuthenticationPassword: 'secret-of-yesterday' });
    },
    line: problem('webhook', 'sends another user name or password'),
  },
  {
    what: 'a webhook without its header',
    spoil: ({ env }) =>
      Object.assign(env, { WEBHOOK_HEADER_NAME: 'x-hook', WEBHOOK_HEADER_VALUE: secrets.webhookPassword }),
    line: problem('webhook', 'does not send the header'),
  },
  {
    what: 'a webhook that gives deliveries up early',
    spoil: ({ webhook }) => webhook({ readTimeout: 500 }),
    line: warning('webhook', 'the read timeout of 500 ms'),
  },
  {
    what: 'a webhook that leads nowhere',
    spoil: async ({ webhook }) => webhook({ url: `${await unusedUrl()}/webhooks/fusionauth` }),
    line: warning('webhook-reach', 'Nothing answers at'),
  },
  {
    what: 'a webhook to a path that the service does not have',
    spoil: ({ webhook, env }) => webhook({ url: `${env['PUBLIC_URL']}/sessions/webhooks/fusionauth` }),
    line: problem('webhook-reach', 'answers 404'),
  },
];
