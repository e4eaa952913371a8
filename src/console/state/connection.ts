import { addressOf } from '../api/endpoint.js';
import { otherVersion } from '../api/failure.js';
import { createStore } from './store.js';

/**
 * What can be reached: everything, the service without FusionAuth, a service that says it cannot do its work, or not even
 * the service.
 */
export type Reach = 'all' | 'no-fusionauth' | 'not-ready' | 'no-service';

export const reach = createStore<Reach>('all');

/** Codes with which the service works although a part of it does not, as its readiness names them. */
export const warnings = createStore<readonly string[]>([]);

/** Whether the service has refused the credentials of the browser. */
export const signedOut = createStore(false);

export function reportSignedOut(): void {
  signedOut.set(true);
}

/** Whether the service is of another version than this page, as an answer has said. */
export const outdated = createStore(false);

/** How often the service has said that something is not for this person, whose permissions may be others than before. */
export const forbidden = createStore(0);

/** Of the warnings the one that concerns whoever looks something up. */
export const databaseAway = 'DATABASE_UNAVAILABLE';

/** Over a connection that is gone, none comes at all. */
const answerTimeoutMs = 10_000;
const healthyIntervalMs = 30_000;
const brokenIntervalMs = 3_000;

let timer: ReturnType<typeof setTimeout> | undefined;
/** When the next look is due, by `performance.now()`. */
let dueAt = Number.POSITIVE_INFINITY;

/** An answer says more than the next look would. Null: it had data. */
export function reportAnswer(code: string | null): void {
  if (code !== null && otherVersion.includes(code)) outdated.set(true);
  if (code === 'FORBIDDEN') forbidden.set(forbidden.get() + 1);
  // Only readiness says whether more than the one question is concerned.
  if (code === databaseAway) void look();
  if (code === 'UNREACHABLE') reach.set('no-service');
  else if (code?.startsWith('UPSTREAM_') === true) reach.set('no-fusionauth');
  else if (reach.get() === 'no-service') void look();
  // Answers that come in quick succession must not put the look off for ever.
  if (reach.get() !== 'all' && dueAt > performance.now() + brokenIntervalMs) lookAgainIn(brokenIntervalMs);
}

/** Asks whether the service is ready, now and from time to time. */
export async function look(): Promise<void> {
  const ending = new AbortController();
  const timeout = setTimeout(() => ending.abort(), answerTimeoutMs);
  try {
    const response = await fetch(addressOf('health/ready'), { cache: 'no-store', signal: ending.signal });
    const body: unknown = await response.json();
    // One that stops still takes requests, and another one takes its place.
    const isServing = response.ok || statusIn(body) === 'stopping';
    // Readiness does not say why; an answer that named FusionAuth does.
    if (isServing) reach.set('all');
    else if (reach.get() !== 'no-fusionauth') reach.set('not-ready');
    warnings.set(warningsIn(body));
  } catch {
    reach.set('no-service');
  } finally {
    clearTimeout(timeout);
  }
  const isWell = reach.get() === 'all' && !warnings.get().includes(databaseAway);
  lookAgainIn(isWell ? healthyIntervalMs : brokenIntervalMs);
}

function lookAgainIn(durationMs: number): void {
  clearTimeout(timer);
  dueAt = performance.now() + durationMs;
  timer = setTimeout(() => {
    // A tab that nobody sees need not know.
    if (document.visibilityState === 'visible') void look();
    else lookAgainIn(durationMs);
  }, durationMs);
}

function statusIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'status' in body ? body.status : undefined;
}

function warningsIn(body: unknown): readonly string[] {
  if (typeof body !== 'object' || body === null || !('warnings' in body) || !Array.isArray(body.warnings)) return [];
  return body.warnings.filter((warning: unknown) => typeof warning === 'string');
}
