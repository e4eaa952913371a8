import type { Emulator } from './emulator.js';
import type { TransactionType } from './store/records.js';
import type { SigningKey } from './tokens/signing-keys.js';

/** What a session service listens to. */
const eventTypes = [
  'jwt.refresh-token.revoke',
  'jwt.refresh',
  'user.login.success',
  'user.registration.create',
  'user.registration.create.complete',
  'user.deactivate',
  'user.delete',
  'user.password.update',
];

/**
 * How long a delivery may take: it is made once, and the first one has the service fetch the signing keys, which are
 * generated for it.
 */
const timeoutMs = 10_000;

const keyName = 'Webhook signing key';

/**
 * The key that signs those events. Made before a session service starts, it is among the keys that the service fetches then;
 * keys that were just fetched are not fetched again for an unknown one.
 */
export function signingKeyOfEvents({ keys }: Pick<Emulator, 'keys'>): SigningKey {
  const made = keys.all().find(({ name }) => name === keyName);
  return made ?? keys.generate({ name: keyName, algorithm: 'ES256' });
}

/** Has the events that a session service listens to delivered to this URL, signed with a key of their own. */
export function sendEventsTo(
  { store, keys }: Pick<Emulator, 'store' | 'keys'>,
  url: string,
  transactionType: TransactionType = 'None',
): void {
  const { id: signingKeyId } = signingKeyOfEvents({ keys });
  store.addWebhook({
    url,
    connectTimeout: timeoutMs,
    readTimeout: timeoutMs,
    eventsEnabled: Object.fromEntries(eventTypes.map((type) => [type, true])),
    signatureConfiguration: { enabled: true, signingKeyId },
  });
  store.enableEvents(eventTypes, transactionType);
}
