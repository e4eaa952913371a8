/** How long an operation may go on. */
export interface OperationTime {
  /** The instant on the clock of `performance.now()`, in milliseconds, after which nothing new begins. */
  readonly deadline: number;
  /**
   * Aborted at the deadline, and with {@link callerHasGone} when nobody waits for the answer. Reads are given up then.
   */
  readonly signal: AbortSignal;
}

/** The reason of a signal that is aborted because nobody waits for the answer. */
export const callerHasGone = Symbol('the caller has gone');

/** True once nothing new may begin. A mutation that has begun finishes what is under way, and reports its outcome. */
export function isOver({ deadline }: OperationTime): boolean {
  return performance.now() >= deadline;
}
