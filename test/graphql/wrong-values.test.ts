import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;
const id = 'f0000000-0000-4000-8000-00000000000f';

beforeAll(async () => {
  service = await startTestService();
});
afterAll(() => service[Symbol.asyncDispose]());

const dateTime = 'A DateTime is RFC 3339 text with a date, a time and an offset, such as "2026-01-31T12:00:00Z"';

describe('the error of a value that a scalar or an enum refuses names its place and what is right', () => {
  it.each([
    ['filter: { createdAt: { after: "yesterday" } }', 'filter.createdAt.after: ', dateTime],
    ['filter: { createdAt: { after: 5 } }', 'filter.createdAt.after: ', dateTime],
    ['filter: { createdAt: { before: "2026-02-30T00:00:00Z" } }', 'filter.createdAt.before: ', dateTime],
    ['filter: { createdAt: { before: "2026-01-01" } }', 'filter.createdAt.before: ', dateTime],
    ['filter: { createdAt: { before: ["2026-01-01T00:00:00Z"] } }', 'filter.createdAt.before: ', dateTime],
    ['filter: { kinds: [sso] }', 'filter.kinds: ', '"SSO"'],
    ['filter: { ipAddress: 5 }', 'filter.ipAddress: ', 'String'],
    ['filter: [1]', 'filter: ', 'SessionFilter'],
    ['orderBy: { field: 5, direction: ASC }', 'orderBy.field: ', 'SessionOrderField'],
  ])('as a literal: %s', async (written, place, right) => {
    const { status, body } = await service.query(`{ sessions(userId: "${id}", ${written}) { id } }`);
    expect(status).toBe(400);
    const message = body.errors?.[0]?.message ?? '';
    expect(message.startsWith(place), message).toBe(true);
    expect(message).toContain(right);
  });

  it.each(['2016-12-31T23:59:60Z', '2017-01-01T00:59:60+01:00'])('of the leap second %s', async (after) => {
    const { body } = await service.query(
      `{ sessions(userId: "${id}", filter: { createdAt: { after: "${after}" } }) { id } }`,
    );
    expect(body.errors?.[0]?.message).toContain('leap seconds are not accepted');
  });

  it('in the default of a variable', async () => {
    const query = `query ($d: DateTime = "x") { sessions(userId: "${id}", filter: { createdAt: { after: $d } }) { id } }`;
    const { body } = await service.query(query);
    expect(body.errors?.[0]?.message).toMatch(/^\$d: A DateTime is RFC 3339 text/);
  });

  it.each(['yesterday', 5, true, {}, [], '2026-01-01', '2026-01-01T00:00:00'])('as a variable: %j', async (after) => {
    const query = `query ($f: SessionFilter) { sessions(userId: "${id}", filter: $f) { id } }`;
    const { status, body } = await service.query(query, { f: { createdAt: { after } } });
    expect(status).toBe(400);
    expect(body.errors?.[0]?.message).toContain('at "f.createdAt.after"');
    expect(body.errors?.[0]?.message).toContain(dateTime);
  });
});
