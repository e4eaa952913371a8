import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { WebhookInput } from '../../src/emulator/store/creators.js';
import type { Webhook } from '../../src/emulator/store/instance-records.js';
import type { Application, TransactionType, User } from '../../src/emulator/store/records.js';
import { startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';

/** An emulator with a shop and its user alice, and somebody to whom it delivers events. */
export interface Subscribed extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly receiver: WebhookReceiver;
  readonly shop: Application;
  readonly alice: User;
  /** Subscribes the receiver to events and enables them in the default tenant. */
  subscribe(types: string[], input?: Partial<WebhookInput>, transactionType?: TransactionType): Webhook;
  /** The events that have come, once every delivery is over. */
  received(): Promise<Record<string, unknown>[]>;
}

export async function startSubscribed(): Promise<Subscribed> {
  const emulator = await startEmulator();
  const receiver = await startWebhookReceiver();
  const { store } = emulator;
  const shop = store.addApplication({ name: 'Shop', jwtConfiguration: { timeToLiveInSeconds: 300 } });
  return {
    emulator,
    receiver,
    shop,
    alice: store.addUser({ username: 'alice', password: 'password', applicationIds: [shop.id] }),
    subscribe(types, input = {}, transactionType) {
      store.enableEvents(types, transactionType);
      const eventsEnabled = Object.fromEntries(types.map((type) => [type, true]));
      return store.addWebhook({ url: receiver.url, eventsEnabled, ...input });
    },
    async received() {
      await emulator.events.settled();
      return receiver.deliveries.map(({ event }) => event);
    },
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]();
      await receiver[Symbol.asyncDispose]();
    },
  };
}
