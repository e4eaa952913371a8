/** A promise that its holder settles. */
export interface Deferred<Value> {
  readonly promise: Promise<Value>;
  /** Only the first call has an effect. */
  settle(value: Value): void;
}

export function deferred<Value>(): Deferred<Value> {
  let settle: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    settle = resolve;
  });
  return { promise, settle };
}
