const waitMs = 30_000;

/** Waits until an address answers well. */
export async function untilOk(url) {
  const giveUpAt = performance.now() + waitMs;
  for (;;) {
    const isOk = await fetch(url).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isOk) return;
    if (performance.now() > giveUpAt) throw new Error(`${url} has not answered well for ${waitMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
