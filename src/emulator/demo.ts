import { addDemoConsole, type DemoConsoleClient } from './demo-console.js';
import { seedDemo } from './demo-data.js';
import { type Emulator, startEmulator } from './emulator.js';
import { sendEventsTo, signingKeyOfEvents } from './send-events.js';

interface DemoFusionAuth extends Emulator {
  /** Has people sign in to the console of a service. */
  addConsole(client: DemoConsoleClient): void;
  /** Has the events that the service listens to delivered to this URL, signed. */
  sendEventsTo(url: string): void;
}

/** Starts an emulated FusionAuth with demo data. */
export async function startDemoFusionAuth(port: number, apiKey: string): Promise<DemoFusionAuth> {
  const emulator = await startEmulator({ port, apiKey });
  seedDemo(emulator.store);
  signingKeyOfEvents(emulator);
  return {
    ...emulator,
    addConsole: (client) => void addDemoConsole(emulator, client),
    sendEventsTo: (url) => sendEventsTo(emulator, url),
  };
}
