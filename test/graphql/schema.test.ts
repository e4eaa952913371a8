import { readFileSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  lexicographicSortSchema,
  printSchema,
} from 'graphql';
import { beforeAll, describe, expect, it } from 'vitest';
import { undatedDeprecations, unstatedBreakingChanges } from '../support/schema-changes.js';
import { startTestService } from '../support/service.js';

let schema: GraphQLSchema;

beforeAll(async () => {
  await using service = await startTestService();
  const query = getIntrospectionQuery({ schemaDescription: true, specifiedByUrl: true, inputValueDeprecation: true });
  schema = buildClientSchema(await service.data<IntrospectionQuery>(query));
});

const ownTypes = () => Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

/** Everything a reader of the schema meets, with its description. */
function described(): readonly (readonly [string, string | null | undefined])[] {
  return ownTypes().flatMap((type) => {
    const own = [[type.name, type.description] as const];
    if (isEnumType(type)) {
      return [
        ...own,
        ...type.getValues().map(({ name, description }) => [`${type.name}.${name}`, description] as const),
      ];
    }
    if (isInputObjectType(type)) {
      return [
        ...own,
        ...Object.values(type.getFields()).map(
          ({ name, description }) => [`${type.name}.${name}`, description] as const,
        ),
      ];
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      const fields = Object.values(type.getFields());
      return [
        ...own.filter(() => !['Query', 'Mutation', 'Subscription'].includes(type.name)),
        ...fields.map(({ name, description }) => [`${type.name}.${name}`, description] as const),
        ...fields.flatMap(({ name, args }) =>
          args.map((arg) => [`${type.name}.${name}(${arg.name})`, arg.description] as const),
        ),
      ];
    }
    return own;
  });
}

describe('the schema', () => {
  it('describes every type, field, argument, input field and enum value', () => {
    const undescribed = described().filter(([, description]) => (description ?? '').trim() === '');
    expect(undescribed.map(([name]) => name)).toEqual([]);
    expect(described().length).toBeGreaterThan(100);
  });

  it('says what it is about', () => {
    expect(schema.description).toMatch(/sessions/i);
  });

  it('is the one in schema.graphql', () => {
    const written = readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8');
    expect(`${printSchema(lexicographicSortSchema(schema))}\n`).toBe(written);
  });

  it('breaks no caller of the last release, unless the changelog says so', async () => {
    const textOf = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
    const unstated = await unstatedBreakingChanges({
      released: textOf('schema.released.graphql'),
      current: textOf('schema.graphql'),
      changelog: textOf('CHANGELOG.md'),
      today: new Date().toISOString().slice(0, 10),
    });
    // Each needs an entry under "Unreleased" that begins with "Breaking:" and names the member in backquotes.
    expect(unstated).toEqual([]);
  });

  it('says of every deprecated member since when, and from when on it may be gone', () => {
    expect(undatedDeprecations(printSchema(schema))).toEqual([]);
  });

  it('answers every mutation with a payload that says what went wrong', () => {
    for (const { name, type } of Object.values(schema.getMutationType()?.getFields() ?? {})) {
      expect(isNonNullType(type), name).toBe(true);
      const payload = isNonNullType(type) ? type.ofType : type;
      if (!isObjectType(payload)) throw new Error(`${name} does not answer with an object`);
      expect(payload.name).toMatch(/Payload$/);
      expect(Object.keys(payload.getFields()), payload.name).toEqual(
        expect.arrayContaining(['userErrors', 'warnings']),
      );
    }
  });

  it('has no field for the secret of a session', () => {
    expect(described().filter(([name]) => /\.(token|refreshToken|accessToken|secret)$/i.test(name))).toEqual([]);
  });
});

it('guards no field by decorators, which fields of simple types would skip without a word', async () => {
  const folder = new URL('../../src/graphql/schema/', import.meta.url);
  const sources = await Promise.all((await readdir(folder)).map((name) => readFile(new URL(name, folder), 'utf8')));
  expect(sources.length).toBeGreaterThan(20);
  for (const source of sources) expect(source).not.toMatch(/^\s*@(Authorized|UseMiddleware)\b/m);
});
