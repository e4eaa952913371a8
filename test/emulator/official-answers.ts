import { expect } from 'vitest';
import { assertConforms } from './openapi.js';

/** The answer of a call of the official client, which must conform to the OpenAPI description of the operation. */
export async function answered<T>(operation: string, call: Promise<{ response: T }>): Promise<T> {
  const { response } = await call;
  assertConforms(operation, response);
  return response;
}

interface Refusal {
  readonly statusCode: number;
  readonly exception: unknown;
}

/** What a call of the official client is refused with. */
export async function refused(call: Promise<unknown>): Promise<Refusal> {
  return call.then(
    () => {
      throw new Error('The call was not refused');
    },
    ({ statusCode, exception }: Refusal) => ({ statusCode, exception }),
  );
}

export const fieldErrorOf = (field: string, code: string) => ({
  statusCode: 400,
  exception: { fieldErrors: { [field]: [{ code, message: expect.any(String) }] }, generalErrors: [] },
});
