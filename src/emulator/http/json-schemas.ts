import { z } from 'zod';
import { uuidPattern } from './request-input.js';

/** A UUID in a JSON body, in lower case. */
export const uuidJson = z
  .string()
  .regex(uuidPattern)
  .transform((value) => value.toLowerCase());

/** What callers say about the event that made them call (`EventInfo`). */
export const eventInfoJson = z.object({
  deviceDescription: z.string().optional(),
  deviceName: z.string().optional(),
  deviceType: z.string().optional(),
  ipAddress: z.string().optional(),
  os: z.string().optional(),
  userAgent: z.string().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
});

export type EventInfo = z.output<typeof eventInfoJson>;
