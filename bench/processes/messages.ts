import { z } from 'zod';

/** What the process that measures asks the processes it has started. */
export type Request =
  /** Any process. */
  | { readonly kind: 'usage' }
  /** Any process: collects garbage first, so that what is left is in use. */
  | { readonly kind: 'usageAfterCollection' }
  /** Emulator: how many calls it has received. The log holds the newest 10,000. */
  | { readonly kind: 'countCalls' }
  | { readonly kind: 'forgetCalls' }
  /** Emulator: adds users with so many sessions each, spread over the applications. */
  | { readonly kind: 'addUsers'; readonly users: number; readonly sessionsEach: number }
  /** Emulator: how many live sessions each of these users has. */
  | { readonly kind: 'countSessions'; readonly userIds: readonly string[] }
  /** Emulator: the ids of these users' live sessions. */
  | { readonly kind: 'sessionIds'; readonly userIds: readonly string[] }
  /** Emulator: adds the application of a console, to which people sign in who come back to this address. */
  | {
      readonly kind: 'addConsole';
      readonly clientId: string;
      readonly clientSecret: string;
      readonly callback: string;
    };

export const usage = z.object({
  /** User and system time since the process began. */
  cpuMicros: z.number(),
  rssBytes: z.number(),
  /** The largest resident size since the process began. */
  peakRssBytes: z.number(),
  heapUsedBytes: z.number(),
});
export type Usage = z.output<typeof usage>;

export const counted = z.number();
export const countedEach = z.array(z.number());
export const idsOfEach = z.array(z.array(z.string()));

const emulatorUser = z.object({ id: z.string(), email: z.string() });
export const emulatorUsers = z.array(emulatorUser);
export type EmulatorUser = z.output<typeof emulatorUser>;

/** What the emulator tells once it listens. */
export const emulatorReady = z.object({
  url: z.string(),
  apiKey: z.string(),
  tenantId: z.string(),
  applicationIds: z.tuple([z.string()], z.string()),
});
export type EmulatorReady = z.output<typeof emulatorReady>;

export const answered = z.object({ id: z.number(), answer: z.unknown() });
