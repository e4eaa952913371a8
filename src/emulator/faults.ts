import { pathMatcher } from './path-pattern.js';

/** Something that goes wrong with a call. */
export type Fault =
  /** Waits a random time between the two, in milliseconds, before the call is handled. */
  | { readonly kind: 'latency'; readonly minMs: number; readonly maxMs: number }
  /** Waits until the promise settles, before the call is handled. */
  | { readonly kind: 'held'; readonly until: Promise<unknown> }
  /** Never answers, until the client gives up or the emulator closes. */
  | { readonly kind: 'hang' }
  /** Destroys the socket, before the work or after it: then the answer is lost but the work is done. */
  | { readonly kind: 'reset'; readonly when: 'before' | 'after' }
  /** Answers this status instead of doing the work. */
  | {
      readonly kind: 'status';
      readonly status: 401 | 404 | 429 | 500 | 503 | 504;
      /** Sent as `Retry-After`. */
      readonly retryAfterSeconds?: number | undefined;
    }
  /** Does the work and answers 200 with JSON cut short. */
  | { readonly kind: 'malformedJson' }
  /** Does the work and answers 200 as JSON, without a body. */
  | { readonly kind: 'emptyBody' }
  /** Does the work and answers what `map` makes of the JSON body, once it has. */
  | { readonly kind: 'mapBody'; readonly map: (body: unknown) => unknown };

export interface FaultRule {
  /** Default: every method. */
  readonly method?: string | undefined;
  /** An exact path or a pattern, see {@link pathMatcher}. */
  readonly path: string;
  /** The number of calls it befalls. Default: all of them. */
  readonly times?: number | undefined;
  readonly fault: Fault;
}

interface ArmedRule {
  readonly method: string | undefined;
  readonly matches: (path: string) => boolean;
  readonly fault: Fault;
  timesLeft: number;
}

/** What befalls one call: first every matching fault that delays it, then at most one other fault. */
interface FaultsOfCall {
  readonly latencyMs: number;
  /** What it waits for. */
  readonly holds: readonly Promise<unknown>[];
  readonly fault: Exclude<Fault, { kind: 'latency' | 'held' }> | undefined;
}

/**
 * Switches that make calls fail, per route and for a number of calls.
 *
 * Of several matching rules, delays add up and the rule added first decides the rest. The random source is
 * injected so that a run can be repeated.
 */
export class FaultSwitches {
  #rules: ArmedRule[] = [];
  readonly #random: () => number;

  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  add(rule: FaultRule): { remove(): void } {
    const armed: ArmedRule = {
      method: rule.method,
      matches: pathMatcher(rule.path),
      fault: rule.fault,
      timesLeft: rule.times ?? Number.POSITIVE_INFINITY,
    };
    this.#rules.push(armed);
    return {
      remove: () => {
        this.#rules = this.#rules.filter((other) => other !== armed);
      },
    };
  }

  clear(): void {
    this.#rules = [];
  }

  /** Decides what befalls a call and uses up one time of each rule that takes part. */
  take(method: string, path: string): FaultsOfCall {
    let latencyMs = 0;
    const holds: Promise<unknown>[] = [];
    let fault: FaultsOfCall['fault'];
    for (const rule of this.#rules) {
      if ((rule.method !== undefined && rule.method !== method) || !rule.matches(path)) {
        continue;
      }
      if (rule.fault.kind === 'latency') {
        latencyMs += rule.fault.minMs + this.#random() * (rule.fault.maxMs - rule.fault.minMs);
      } else if (rule.fault.kind === 'held') {
        holds.push(rule.fault.until);
      } else if (fault === undefined) {
        fault = rule.fault;
      } else {
        continue;
      }
      rule.timesLeft -= 1;
    }
    this.#rules = this.#rules.filter((rule) => rule.timesLeft > 0);
    return { latencyMs, holds, fault };
  }
}
