import { z } from 'zod';
import type { FusionAuthEvent } from '../domain/fusionauth-event.js';
import { eventSchemas } from './event-schemas.js';

/** An event that this service handles and cannot understand. Holds only harmless parts of the body. */
export class UndecodableEventError extends Error {
  override readonly name = 'UndecodableEventError';

  constructor(
    /** Null for a type that this service does not handle, and when there is none. */
    readonly type: string | null,
    /** Null when there is none that is a UUID. */
    readonly eventId: string | null,
    /** The member that is missing or wrong, for example `event.userId`; `body` when it is no JSON. */
    readonly member: string,
  ) {
    super(`${member} of an event cannot be understood`);
  }
}

/**
 * Reads the body of a delivery.
 * @returns null for an event of a type that this service does not handle.
 * @throws UndecodableEventError, and nothing else.
 * @see https://fusionauth.io/docs/extend/events-and-webhooks/events
 */
export function decodeEvent(body: Buffer): FusionAuthEvent | null {
  const { event } = parse(envelope, parseJson(body), null, null);
  const schema = eventSchemas.get(event.type);
  if (schema === undefined) return null;
  return parse(schema, event, event.type, z.guid().safeParse(event['id']).data ?? null, 'event');
}

const envelope = z.object({ event: z.looseObject({ type: z.string() }) });

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    throw new UndecodableEventError(null, null, 'body');
  }
}

/** The schemas name members of fixed names only, so that a path never repeats text of the body. */
function parse<T>(
  schema: z.ZodType<T>,
  value: unknown,
  type: string | null,
  eventId: string | null,
  ...within: readonly string[]
): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const path = [...within, ...(parsed.error.issues[0]?.path ?? [])];
  throw new UndecodableEventError(type, eventId, path.length === 0 ? 'body' : path.join('.'));
}
