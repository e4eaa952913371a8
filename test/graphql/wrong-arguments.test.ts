import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLArgument,
  getNullableType,
  isInputObjectType,
  isListType,
  isNonNullType,
  OperationTypeNode,
} from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService, type TestService } from '../support/service.js';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const id = 'f0000000-0000-4000-8000-00000000000f';

let service: TestService;
beforeAll(async () => {
  service = await startTestService({ env: { RATE_LIMIT_POINTS: '100000000' } });
});
beforeEach(() => service.emulator.calls.clear());
afterAll(() => service[Symbol.asyncDispose]());

interface Place {
  readonly kind: OperationTypeNode;
  readonly field: string;
  readonly name: string;
  readonly type: string;
  readonly isDefaulted: boolean;
  /** The arguments of the field, with this one as given. */
  write(value: string): string;
}

function isRequired({ type, defaultValue }: Pick<GraphQLArgument, 'type' | 'defaultValue'>): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** A value that fits, for what has to be there. */
function fitting({ name, type }: Pick<GraphQLArgument, 'name' | 'type'>): string {
  const inner = getNullableType(type);
  if (isListType(inner)) return `["${id}"]`;
  if (isInputObjectType(inner)) {
    const required = Object.values(inner.getFields()).filter(isRequired);
    return `{ ${required.map((field) => `${field.name}: ${fitting(field)}`).join(', ')} }`;
  }
  if (inner.toString() === 'Int') return '1';
  return name === 'reason' ? 'ADMIN_REQUEST' : `"${id}"`;
}

function placesIn(kind: OperationTypeNode): readonly Place[] {
  return Object.values(schema.getRootType(kind)?.getFields() ?? {}).flatMap((field) => {
    const others = (name: string) =>
      field.args.filter((arg) => arg.name !== name && isRequired(arg)).map((arg) => `${arg.name}: ${fitting(arg)}`);
    const place = (arg: Pick<GraphQLArgument, 'name' | 'type' | 'defaultValue'>, write: Place['write']): Place => ({
      kind,
      field: field.name,
      name: arg.name,
      type: arg.type.toString(),
      isDefaulted: arg.defaultValue !== undefined,
      write,
    });
    return field.args.flatMap((arg) => {
      const whole = (value: string) => `${field.name}(${[`${arg.name}: ${value}`, ...others(arg.name)].join(', ')})`;
      const inner = getNullableType(arg.type);
      if (!isInputObjectType(inner)) return [place(arg, whole)];
      const members = Object.values(inner.getFields());
      return [
        place(arg, whole),
        ...members.map((member) =>
          place(member, (value) => {
            const rest = members.filter((one) => one !== member && isRequired(one));
            return whole(
              `{ ${[`${member.name}: ${value}`, ...rest.map((one) => `${one.name}: ${fitting(one)}`)].join(', ')} }`,
            );
          }),
        ),
      ];
    });
  });
}

const places = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION].flatMap(placesIn);
const literals = [
  'null',
  '"x"',
  '-1',
  '0',
  '1.5',
  '3000000000',
  'true',
  'NOTHING',
  '[]',
  '{}',
  '[null]',
  '{ x: 1 }',
  '""',
];

async function send({ kind, write }: Place, value: string, declared: string, variables: Record<string, unknown>) {
  const query = `${kind} Try${declared} { ${write(value)} { __typename } }`;
  const stream = kind === OperationTypeNode.SUBSCRIPTION;
  const abort = new AbortController();
  const response = await service.fetch(stream ? '/graphql/stream' : '/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      authorization: `Bearer ${service.key(permissions)}`,
      ...(stream ? { accept: 'text/event-stream' } : {}),
    },
    body: JSON.stringify({ query, variables }),
    signal: abort.signal,
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    abort.abort();
    return { status: response.status, text: '' };
  }
  return { status: response.status, text: await response.text() };
}

describe.each(places)('$kind $field, $name: $type', (place) => {
  it('is never an internal error, however wrong it is', async () => {
    for (const literal of literals) {
      const { status, text } = await send(place, literal, '', {});
      expect([200, 400], `${literal}: ${text}`).toContain(status);
      expect(text, literal).not.toContain('INTERNAL_SERVER_ERROR');
    }
    const nullable = place.type.replace(/!$/, '');
    const types = place.isDefaulted || !place.type.endsWith('!') ? [place.type, nullable] : [place.type];
    for (const type of types) {
      for (const variables of [
        {},
        ...[null, 'x', -1, 0, 1.5, 3e9, true, [], {}, [null], { x: 1 }].map((v) => ({ v })),
      ]) {
        const { status, text } = await send(place, '$v', `($v: ${type})`, variables);
        expect([200, 400], `${type} ${JSON.stringify(variables)}: ${text}`).toContain(status);
        expect(text, `${type} ${JSON.stringify(variables)}`).not.toContain('INTERNAL_SERVER_ERROR');
      }
    }
  });

  it.runIf(place.isDefaulted)('null from a variable is refused, naming it, before anything is called', async () => {
    const { status, text } = await send(place, '$v', `($v: ${place.type.replace(/!$/, '')})`, { v: null });
    expect(status).toBe(400);
    const { errors } = JSON.parse(text) as { errors: readonly { extensions: { argument?: readonly string[] } }[] };
    expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
    expect(errors[0]?.extensions.argument?.at(-1)).toBe(place.name);
    expect(service.emulator.calls.count({ method: 'DELETE', path: '/api/jwt/refresh/*' })).toBe(0);
  });
});

it('null as the condition of @include is refused, naming it', async () => {
  const { status, body } = await service.query('query ($x: Boolean = true) { viewer { name @include(if: $x) } }', {
    x: null,
  });
  expect(status).toBe(400);
  expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: ['if'] } }]);
});

describe.each(['/graphql', '/graphql/stream'])('at %s a conditional subscription', (path) => {
  it.each([
    'subscription A($x: Boolean!) { sessionEvents @include(if: $x) { id } }',
    'subscription A($x: Boolean!) { ...F @skip(if: $x) } fragment F on Subscription { sessionEvents { id } }',
    'query A { viewer { name } } subscription B($x: Boolean!) { ... @skip(if: $x) { sessionEvents { id } } }',
    'subscription A { sessionEvents @include(if: null) { id } }',
    'subscription A { sessionEvents @include { id } }',
  ])('is refused: %s', async (query) => {
    const response = await service.fetch(path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        authorization: `Bearer ${service.key(['session:read', 'event:subscribe'])}`,
        accept: path === '/graphql' ? 'application/json' : 'text/event-stream',
      },
      body: JSON.stringify({ query, operationName: 'A', variables: { x: true } }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
  });
});
