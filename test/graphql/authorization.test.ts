import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService, type TestService } from '../support/service.js';

interface Operation {
  readonly name: string;
  readonly document: string;
  readonly description: string;
}

const someId = '3c219e58-ed0e-4b18-ad48-f4f92793ae32';

/** For operations whose required arguments alone are refused. */
const validArguments: Readonly<Record<string, string>> = {
  revokeSessions: `input: { userId: "${someId}", reason: OTHER }`,
};

/** Every query and mutation of the schema, with the least it can be called with. */
const operations: readonly Operation[] = (() => {
  const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  return (['query', 'mutation'] as const).flatMap((kind) => {
    const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
    return Object.values(type?.getFields() ?? {}).map((field) => ({
      name: field.name,
      document: `${kind} ${field.name} { ${callOf(field)} }`,
      description: field.description ?? '',
    }));
  });
})();

function callOf(field: GraphQLField<unknown, unknown>): string {
  const required = field.args.filter(isRequiredArgument);
  const list = validArguments[field.name] ?? required.map(({ name, type }) => `${name}: ${exampleOf(type)}`).join(', ');
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return `${field.name}${list === '' ? '' : `(${list})`}${selection}`;
}

function exampleOf(type: GraphQLInputType): string {
  if (isNonNullType(type)) return exampleOf(type.ofType);
  if (isListType(type)) return `[${exampleOf(type.ofType)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map(({ name, type: inner }) => `${name}: ${exampleOf(inner)}`).join(', ')} }`;
  }
  switch (type.name) {
    case 'Int':
      return '1';
    case 'Boolean':
      return 'true';
    default:
      return `"${someId}"`;
  }
}

let service: TestService;

beforeAll(async () => {
  service = await startTestService();
});

afterAll(() => service[Symbol.asyncDispose]());

describe.each(operations)('$name', ({ name, document, description }) => {
  it.each([
    ['no credentials', undefined],
    ['an unknown service key', 'Bearer not-a-key-of-anybody-here'],
    ['an empty service key', 'Bearer '],
    ['another scheme', 'Basic dXNlcjpwYXNzd29yZA=='],
    ['the key without a scheme', 'test-key'],
  ])('is refused with %s before anything runs', async (_what, authorization) => {
    service.emulator.calls.clear();
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await service.query(document, {}, { key: null, headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer /);
    expect(answer.body).toEqual({
      errors: [
        {
          message: expect.any(String),
          extensions: { code: 'UNAUTHENTICATED', requestId: answer.headers.get('x-request-id') },
        },
      ],
    });
    expect(service.emulator.calls.count()).toBe(0);
  });

  const [, needed] = /Needs (session:\w+)\./.exec(description) ?? [];

  it.runIf(name !== 'viewer')('says which permission it needs', () => {
    expect(permissions).toContain(needed);
  });

  it.runIf(needed !== undefined)('is refused to a key with every permission but that', async () => {
    service.emulator.calls.clear();
    const key = service.key(permissions.filter((permission) => permission !== needed));
    const { body } = await service.query(document, {}, { key });
    expect(body.data ?? null).toSatisfy((data: object | null) => data === null || Object.values(data)[0] === null);
    expect(body.errors).toMatchObject([{ path: [name], extensions: { code: 'FORBIDDEN' } }]);
    expect(body.errors?.[0]?.message).toContain(needed);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it.runIf(needed !== undefined)('is not refused to a key with that permission alone', async () => {
    const { body } = await service.query(document, {}, { key: service.key([needed ?? '']) });
    expect(body.errors?.map(({ extensions }) => extensions['code']) ?? []).not.toContain('FORBIDDEN');
  });
});

it('a refused caller is logged as no operator need act on', async () => {
  await service.query(
    `{ sessions(userId: "${someId}") { id } }`,
    {},
    {
      key: service.key(['session:revoke']),
    },
  );
  expect(service.logs.filter(({ level }) => level === 'error')).toEqual([]);
});
