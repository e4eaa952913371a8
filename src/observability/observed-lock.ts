import type { UserLock } from '../domain/ports/user-lock.js';

export interface LockTelemetry {
  /** An operation has waited for its turn among those of one user, for `waitedMs` milliseconds. */
  turnAwaited(wait: { readonly waitedMs: number; readonly isGranted: boolean }): void;
}

/** The same lock, which reports how long each operation waits. */
export function observedLock(lock: UserLock, telemetry: LockTelemetry): UserLock {
  return {
    async run(userId, operation) {
      const begunAt = performance.now();
      let isGranted = false;
      const report = () => telemetry.turnAwaited({ waitedMs: performance.now() - begunAt, isGranted });
      try {
        return await lock.run(userId, (lease) => {
          isGranted = true;
          report();
          return operation(lease);
        });
      } finally {
        if (!isGranted) report();
      }
    },
  };
}
