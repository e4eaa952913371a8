import fc from 'fast-check';
import { getLocation, Source } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DocumentSource } from '../../src/graphql/engine/document-source.js';
import { startTestService, type TestService } from '../support/service.js';

let service: TestService;

beforeAll(async () => {
  service = await startTestService({ env: { FUSIONAUTH_MAX_ATTEMPTS: '1' } });
});

afterAll(() => service[Symbol.asyncDispose]());

describe('the place of an error', () => {
  it('is the line and the column that graphql-js counts, whatever the text', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\r', '\r\n', 'é', '😀', '\u2028') });
    fc.assert(
      fc.property(text, fc.nat(40), (body, offset) => {
        // Nothing begins between the two.
        fc.pre(body.slice(offset - 1, offset + 1) !== '\r\n');
        expect(new DocumentSource(body).locationOf(offset)).toEqual(getLocation(new Source(body), offset));
      }),
    );
  });

  const lines = '# a comment\r\n\n';
  const placesOf = async (document: string, id?: string) => {
    const { body } = await service.query(document, { id });
    return body.errors?.map((error) => (error as { readonly locations?: unknown }).locations);
  };

  it('is told of a document that is not valid', async () => {
    expect(await placesOf(`${lines}{ viewer {\n  secret } }`)).toEqual([[{ line: 4, column: 3 }]]);
  });

  it('is told of an argument that is null', async () => {
    const document = `${lines}query ($id: Int) {\r revocations(first: $id) { id } }`;
    const { body } = await service.query(document, { id: null });
    expect(body.errors).toMatchObject([{ locations: [{ line: 4, column: 21 }] }]);
  });

  it('is told of fields that fail, the first time and once the query is compiled', async () => {
    const alice = service.user({ sessions: 2 });
    service.emulator.faults.add({ path: '/api/user/search', fault: { kind: 'status', status: 503 } });
    const document = `${lines}query ($id: ID!) { sessions(userId: $id) {\n    user { email } } }`;
    for (let time = 1; time <= 3; time++) {
      expect(await placesOf(document, alice.id)).toEqual([[{ line: 4, column: 5 }], [{ line: 4, column: 5 }]]);
    }
  });
});

it('an error costs as little after thousands of lines as on the first one: nobody counts them for each error', () => {
  const text = '\n'.repeat(100_000);
  const source = new DocumentSource(text);
  expect(source.body).toBe('');
  expect(getLocation(source, 99_000)).toEqual({ line: 1, column: 99_001 });
  expect(source.locationOf(99_000)).toEqual({ line: 99_001, column: 1 });
});
