import { readFileSync } from 'node:fs';
import {
  buildSchema,
  coerceInputValue,
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLObjectType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
  parseValue,
  valueFromAST,
} from 'graphql';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { permissions } from '../../src/domain/caller.js';
import { startTestService, type TestService } from '../support/service.js';
import { anyLiterals } from './support/random-values.js';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const id = 'f0000000-0000-4000-8000-00000000000f';

let service: TestService;
/** Of a user who exists. */
const userId = 'f0000000-0000-4000-8000-00000000000e';
beforeAll(async () => {
  service = await startTestService({ env: { RATE_LIMIT_POINTS: '100000000' } });
  service.user({ id: userId, sessions: 2 });
});
beforeEach(() => service.emulator.calls.clear());
afterAll(() => service[Symbol.asyncDispose]());

interface Place {
  readonly kind: OperationTypeNode;
  /** Where it stands: the field, then the members of inputs, and `[]` for an item of a list. */
  readonly path: string;
  /** The last of the path that has a name. */
  readonly name: string;
  readonly type: string;
  readonly input: GraphQLInputType;
  readonly isDefaulted: boolean;
  /** A selection of the root type, with this value as given. */
  write(value: string): string;
}

type Input = Pick<GraphQLArgument, 'name' | 'type' | 'defaultValue'>;

function isRequired({ type, defaultValue }: Input): boolean {
  return isNonNullType(type) && defaultValue === undefined;
}

/** A value that fits, for what has to be there. */
function fitting({ name, type }: Input): string {
  const inner = getNullableType(type);
  if (isListType(inner)) return `["${id}"]`;
  if (isInputObjectType(inner)) {
    const required = Object.values(inner.getFields()).filter(isRequired);
    return `{ ${required.map((field) => `${field.name}: ${fitting(field)}`).join(', ')} }`;
  }
  if (inner.toString() === 'Int') return '1';
  return name === 'reason' ? 'ADMIN_REQUEST' : `"${id}"`;
}

function withRequired(inputs: readonly Input[], given: Input, value: string): string {
  const others = inputs.filter((one) => one.name !== given.name && isRequired(one));
  return [`${given.name}: ${value}`, ...others.map((one) => `${one.name}: ${fitting(one)}`)].join(', ');
}

/** The input itself, an item of it where it is a list, and each of its members, however deep. */
function placesOf(kind: OperationTypeNode, path: string, input: Input, write: Place['write']): readonly Place[] {
  const { name, type, defaultValue } = input;
  const place = {
    kind,
    path,
    name,
    type: type.toString(),
    input: type,
    isDefaulted: defaultValue !== undefined,
    write,
  };
  const inner = getNullableType(type);
  if (isListType(inner)) {
    const item = { name, type: inner.ofType, defaultValue: undefined };
    return [place, ...placesOf(kind, `${path}.[]`, item, (value) => write(`[${value}]`))];
  }
  if (!isInputObjectType(inner)) return [place];
  const members = Object.values(inner.getFields());
  return [
    place,
    ...members.flatMap((member) =>
      placesOf(kind, `${path}.${member.name}`, member, (value) => write(`{ ${withRequired(members, member, value)} }`)),
    ),
  ];
}

function placesIn(
  kind: OperationTypeNode,
  type: GraphQLObjectType | null | undefined,
  within: (selection: string) => string = (selection) => selection,
): readonly Place[] {
  return Object.values(type?.getFields() ?? {}).flatMap((field) =>
    field.args.flatMap((arg) => {
      const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
      const write = (value: string) => within(`${field.name}(${withRequired(field.args, arg, value)})${selection}`);
      return placesOf(kind, `${type?.name}.${field.name}.${arg.name}`, arg, write);
    }),
  );
}

/** How fields are reached whose type is no root. The user exists, so that they run. */
const reached: Readonly<Record<string, (selection: string) => string>> = {
  User: (selection) => `user(id: "${userId}") { ${selection} }`,
};
const roots = [OperationTypeNode.QUERY, OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION];
const nested = Object.values(schema.getTypeMap())
  .filter(isObjectType)
  .filter(({ name }) => !name.startsWith('__') && !roots.some((kind) => schema.getRootType(kind)?.name === name))
  .filter((type) => Object.values(type.getFields()).some(({ args }) => args.length > 0));
const places = [
  ...roots.flatMap((kind) => placesIn(kind, schema.getRootType(kind))),
  ...nested.flatMap((type) => placesIn(OperationTypeNode.QUERY, type, reached[type.name])),
];

it('covers every type that has fields with arguments', () => {
  expect(nested.map(({ name }) => name)).toEqual(Object.keys(reached));
});

/** WRONG_ARGUMENTS=all tries every value in every place, which takes three times as long. */
const triesAll = process.env['WRONG_ARGUMENTS'] === 'all';

/** Of several the last that is set stays. */
const firstOfType = new Map(places.toReversed().map((place) => [`${place.kind} ${place.type}`, place]));

/** Whether the resolver gets a value here, or the first place of a type: the type itself refuses all else, wherever it is. */
function isToBeTried(place: Place, isOfType: (type: GraphQLInputType) => boolean): boolean {
  if (triesAll || firstOfType.get(`${place.kind} ${place.type}`) === place) return true;
  return isOfType(place.input);
}

const isLiteralOf = (literal: string) => (type: GraphQLInputType) =>
  valueFromAST(parseValue(literal), type) !== undefined;

const isValueOf = (value: unknown) => (type: GraphQLInputType) => {
  let isRight = true;
  coerceInputValue(value, type, () => {
    isRight = false;
  });
  return isRight;
};

const literals = ['null', '0', ...anyLiterals];

const json = { 'content-type': 'application/json' };

async function send({ kind, write }: Place, value: string, declared: string, variables: Record<string, unknown>) {
  const query = `${kind} Try${declared} { ${write(value)} }`;
  if (kind !== OperationTypeNode.SUBSCRIPTION) {
    const { status, body } = await service.query(query, variables);
    return { status, text: JSON.stringify(body) };
  }
  const abort = new AbortController();
  const response = await service.fetch('/graphql/stream', {
    method: 'POST',
    headers: { ...json, authorization: `Bearer ${service.key(permissions)}`, accept: 'text/event-stream' },
    body: JSON.stringify({ query, variables }),
    signal: abort.signal,
  });
  if (response.headers.get('content-type')?.startsWith('text/event-stream') === true) {
    abort.abort();
    return { status: response.status, text: '' };
  }
  return { status: response.status, text: await response.text() };
}

describe.each(places)('$kind $path: $type', (place) => {
  it('is never an internal error, however wrong it is', { timeout: 60_000 }, async () => {
    for (const literal of literals.filter((one) => isToBeTried(place, isLiteralOf(one)))) {
      const { status, text } = await send(place, literal, '', {});
      expect([200, 400], `${literal}: ${text}`).toContain(status);
      expect(text, literal).not.toContain('INTERNAL_SERVER_ERROR');
    }
    const nullable = place.type.replace(/!$/, '');
    const types = place.isDefaulted || !place.type.endsWith('!') ? [place.type, nullable] : [place.type];
    for (const type of types) {
      const values = [null, 'x', -1, 0, 1.5, 3e9, true, [], {}, [null], { x: 1 }];
      const tried = values.filter((value) => isToBeTried(place, isValueOf(value)));
      for (const variables of [{}, ...tried.map((v) => ({ v }))]) {
        const { status, text } = await send(place, '$v', `($v: ${type})`, variables);
        expect([200, 400], `${type} ${JSON.stringify(variables)}: ${text}`).toContain(status);
        expect(text, `${type} ${JSON.stringify(variables)}`).not.toContain('INTERNAL_SERVER_ERROR');
      }
    }
  });

  if (!place.isDefaulted) return;
  it('null from a variable is refused, naming it, before anything is called', async () => {
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
    const accept = path === '/graphql' ? 'application/json' : 'text/event-stream';
    const response = await service.fetch(path, {
      method: 'POST',
      headers: { ...json, authorization: `Bearer ${service.key(['session:read', 'event:subscribe'])}`, accept },
      body: JSON.stringify({ query, operationName: 'A', variables: { x: true } }),
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ errors: [{ extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } }] });
  });
});
