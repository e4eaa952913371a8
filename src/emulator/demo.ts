import { seedDemo } from './demo-data.js';
import { type Emulator, startEmulator } from './emulator.js';

export interface DemoFusionAuth extends Emulator {
  /** Has the events that the service listens to delivered to this URL, signed. */
  sendEventsTo(url: string): void;
}

const eventTypes = [
  'jwt.refresh-token.revoke',
  'jwt.refresh',
  'user.login.success',
  'user.deactivate',
  'user.delete',
  'user.password.update',
];

/** Starts an emulated FusionAuth with demo data. */
export async function startDemoFusionAuth(port: number, apiKey: string): Promise<DemoFusionAuth> {
  const emulator = await startEmulator({ port, apiKey });
  const { store, keys } = emulator;
  seedDemo(store);
  return {
    ...emulator,
    sendEventsTo(url) {
      const { id: signingKeyId } = keys.generate({ name: 'Webhook signing key', algorithm: 'ES256' });
      store.addWebhook({
        url,
        eventsEnabled: Object.fromEntries(eventTypes.map((type) => [type, true])),
        signatureConfiguration: { enabled: true, signingKeyId },
      });
      store.enableEvents(eventTypes, 'None');
    },
  };
}
