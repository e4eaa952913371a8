/** Waits for a promise for `maxWaitMs` at most. @returns its value; undefined when it takes longer. */
export async function within<Value>(promise: Promise<Value>, maxWaitMs: number): Promise<Value | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, maxWaitMs));
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for a promise that never rejects, for `maxWaitMs` at most. @returns whether it has settled in time. */
export async function settlesWithin(promise: Promise<unknown>, maxWaitMs: number): Promise<boolean> {
  return (
    (await within(
      promise.then(() => true),
      maxWaitMs,
    )) === true
  );
}
