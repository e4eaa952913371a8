/** Waits for a promise that never rejects, at most so long, in milliseconds. @returns whether it has settled in time. */
export async function settlesWithin(promise: Promise<void>, maxWaitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, maxWaitMs));
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
