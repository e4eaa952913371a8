/**
 * Settles as the work does, or rejects as soon as the signal is aborted; the result of the work is ignored then. Does
 * not begin the work when the signal is aborted already.
 */
export async function abandonable<T>(work: () => Promise<T>, signal: AbortSignal, error: () => Error): Promise<T> {
  if (signal.aborted) throw error();
  return new Promise((resolve, reject) => {
    const abandon = () => reject(error());
    signal.addEventListener('abort', abandon, { once: true });
    work()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abandon));
  });
}
