import { expect } from 'vitest';
import { permissions } from '../../../src/domain/caller.js';
import type { FaultRule } from '../../../src/emulator/faults.js';
import type { TestService } from '../../support/service.js';
import { serviceKeyFor } from '../../support/service-keys.js';

export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'extensions' in error
    ? Object(error.extensions)['code']
    : undefined;
}

export interface Request {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

/** Everything of an answer that a caller can see, but for the date. */
export async function answerOf(service: TestService, request: Request, key: string) {
  const response = await service.fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${key}`, 'x-request-id': 'same' },
    body: JSON.stringify(request),
  });
  const headers = Object.fromEntries(response.headers);
  delete headers['date'];
  const text = await response.text();
  return { status: response.status, headers, text, body: JSON.parse(text) as Body };
}

type Answer = Awaited<ReturnType<typeof answerOf>>;

interface Body {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
}

/**
 * When all is null, both answer without waiting for the rest, so what else goes wrong is missing from either as it
 * happens. Otherwise it is all the same, except that which of several calls fails first is a matter of chance.
 */
export function expectSame(answer: Answer, expected: Answer, what: string): void {
  const several = Math.max(answer.body.errors?.length ?? 0, expected.body.errors?.length ?? 0) > 1;
  if (!several) {
    expect(answer, what).toEqual(expected);
    return;
  }
  const { errors = [], ...rest } = answer.body;
  const { errors: expectedErrors = [], ...expectedRest } = expected.body;
  expect(rest, what).toEqual(expectedRest);
  expect(answer.status).toBe(expected.status);
  for (const list of [errors, expectedErrors]) expect(list, what).not.toEqual([]);
  expectFewerAmongMore(errors, expectedErrors, what);
  if (!isNothing(expected.body)) {
    expect(errors, what).toHaveLength(expectedErrors.length);
    expect(answer.headers, what).toEqual(expected.headers);
  }
}

function expectFewerAmongMore(some: readonly unknown[], others: readonly unknown[], what?: string): void {
  const [fewer, more] = some.length < others.length ? [some, others] : [others, some];
  expect(more, what).toEqual(expect.arrayContaining([...fewer]));
}

function pathsOf({ body: { errors = [] } }: Answer): readonly unknown[] {
  return errors.map((error) => Object(error).path);
}

function isNothing({ data }: Body): boolean {
  return data === null;
}

/** What was logged of failures, which has to be the same too, but for stacks. */
function failuresLogged({ logs }: TestService, from: number) {
  return logs
    .slice(from)
    .filter(({ msg }) => msg !== 'request')
    .map(({ level, msg, operationName, path, err }) => ({ level, msg, operationName, path, type: typeOf(err) }));
}

function typeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'type' in error ? error.type : error;
}

export interface Comparison {
  readonly key?: string;
  readonly faults?: readonly FaultRule[];
}

/** Three times, so that it is compiled at the second one. Both services have the same FusionAuth. */
export async function compareAnswers(
  { compiling, plain }: { readonly compiling: TestService; readonly plain: TestService },
  request: Request,
  { key = serviceKeyFor(permissions), faults = [] }: Comparison = {},
): Promise<Body> {
  compiling.emulator.faults.clear();
  for (const fault of faults) compiling.emulator.faults.add(fault);
  let body: Body = {};
  for (let time = 1; time <= 3; time++) {
    const [before, plainBefore] = [compiling.logs.length, plain.logs.length];
    const answer = await answerOf(compiling, request, key);
    const expected = await answerOf(plain, request, key);
    expectSame(answer, expected, `time ${time} of ${request.query}`);
    const [failures, expectedFailures] = [failuresLogged(compiling, before), failuresLogged(plain, plainBefore)];
    // A cause is logged once, with the first field that it failed: which one of several that is is a matter of chance.
    const isChance = isNothing(expected.body) || (expected.body.errors?.length ?? 0) > 1;
    const causesOf = (logged: typeof failures) =>
      logged.map(({ path, ...cause }) => (isChance ? cause : { ...cause, path }));
    if (isNothing(expected.body)) expectFewerAmongMore(causesOf(failures), causesOf(expectedFailures));
    else {
      expect(causesOf(failures)).toEqual(causesOf(expectedFailures));
      for (const { path } of failures) if (path !== undefined) expect(pathsOf(answer)).toContainEqual(path);
    }
    body = answer.body;
  }
  return body;
}
