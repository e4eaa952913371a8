import { UpstreamTimeoutError } from '../domain/errors.js';
import type { Access } from './access.js';

/** How long an operation may go on. */
export interface OperationTime {
  /** The instant on the clock of `performance.now()`, in milliseconds, after which nothing new begins. */
  readonly deadline: number;
  /** Aborted at the deadline, and with {@link callerHasGone} when nobody waits for the answer. Reads are given up then. */
  readonly signal: AbortSignal;
}

/** Why a signal was aborted before the deadline. */
export const callerHasGone = Symbol('the caller has gone');

/**
 * Access that is refused once the deadline has passed, so that a mutation that is late does not begin. One that has
 * begun goes on with what it was given, and reports what it did.
 */
export function accessUntil(deadline: number, access: Access): Access {
  const check = () => {
    if (performance.now() >= deadline) throw new UpstreamTimeoutError();
  };
  return {
    sessions(permission) {
      check();
      return access.sessions(permission);
    },
    directory(permission) {
      check();
      return access.directory(permission);
    },
  };
}
