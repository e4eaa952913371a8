import { UpstreamContractError } from '../domain/errors.js';
import { type Instant, maxInstant } from '../domain/session.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** Readers for FusionAuth's JSON. It omits null properties, so an absent one and null mean the same. */
export function asObject(value: unknown, what: string): JsonObject {
  if (!isObject(value)) throw new UpstreamContractError(`${what} is not an object`);
  return value;
}

/** A nested object that may be missing. */
export function optionalObject(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** A list that may be missing: FusionAuth leaves an empty one out, or answers with no body at all. */
export function optionalArray(value: unknown, what: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new UpstreamContractError(`${what} is not a list`);
  return value;
}

/**
 * The list that an answer consists of. FusionAuth leaves an empty one out; an object with other members than these is
 * not FusionAuth's answer, and must not be read as an empty list.
 */
export function listOrNone(body: JsonObject, name: string, others: readonly string[] = []): readonly unknown[] {
  const stranger = Object.keys(body).find((member) => member !== name && !others.includes(member));
  if (body[name] === undefined && stranger !== undefined) {
    throw new UpstreamContractError(`The answer has no ${name}, but something else`);
  }
  return optionalArray(body[name], name);
}

/** A text that is only shown. A value of another type reads as missing, so that it cannot prevent a decision. */
export function optionalText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** A boolean that is only shown. A value of another type reads as missing. */
export function optionalBoolean(value: unknown): boolean | null {
  return typeof value === 'boolean' ? value : null;
}

/** Texts that are only shown. Anything but a list reads as none, and an item that is not a text as missing. */
export function optionalTexts(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
}

/** A whole number that is only shown, from 0 to `most`: a larger one is cut, and anything else reads as missing. */
export function optionalWhole(value: unknown, most: number): number | null {
  if (typeof value !== 'number' || Number.isNaN(value)) return null;
  return Math.min(most, Math.max(0, Math.trunc(value)));
}

/**
 * A lifetime, from 1 to `most`. FusionAuth accepts no other, so 0 or less reads as missing: taken literally, a
 * revocation would be forgotten while access tokens are still accepted.
 */
export function optionalLifetime(value: unknown, most: number): number | null {
  return optionalWhole(value, most) || null;
}

export function optionalInstant(value: unknown): Instant | null {
  return isInstant(value) ? value : null;
}

/** An instant that decisions rest on. */
export function requiredInstant(value: unknown, what: string): Instant {
  if (!isInstant(value)) throw new UpstreamContractError(`${what} is not an instant`);
  return value;
}

/** An id that decisions rest on. */
export function requiredId<Id>(value: unknown, parse: (value: unknown) => Id | undefined, what: string): Id {
  const id = parse(value);
  if (id === undefined) throw new UpstreamContractError(`${what} is not a UUID`);
  return id;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isInstant(value: unknown): value is Instant {
  return Number.isSafeInteger(value) && Math.abs(value as number) <= maxInstant;
}
