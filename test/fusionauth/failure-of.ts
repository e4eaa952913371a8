import { FusionAuthCallError } from '../../src/fusionauth/call-error.js';

/** The error that a call ends with. */
export async function failureOf(call: Promise<unknown>): Promise<FusionAuthCallError> {
  const error = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof FusionAuthCallError)) throw new Error(`Not a FusionAuthCallError: ${String(error)}`);
  return error;
}
