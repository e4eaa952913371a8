import { seedDemo } from './demo-data.js';
import { type Emulator, startEmulator } from './emulator.js';

/** Starts an emulated FusionAuth with demo data. */
export async function startDemoFusionAuth(port: number, apiKey: string): Promise<Emulator> {
  const emulator = await startEmulator({ port, apiKey });
  seedDemo(emulator.store);
  return emulator;
}
