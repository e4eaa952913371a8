import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isObjectType,
} from 'graphql';

/** A field of a selection, with an alias of its own where `alias` says so. */
export interface Selected {
  readonly name: string;
  readonly alias: string | null;
  readonly args: string;
  readonly below: readonly Selected[];
}

type Random = () => number;

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function randomFrom(seed: number): Random {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const filters = [
  '',
  'filter: { states: [ACTIVE, EXPIRED] }',
  'filter: { createdAt: { after: "2020-01-01T00:00:00Z" } }',
  'filter: $filter',
  'orderBy: { field: LAST_ACCESSED_AT, direction: ASC }',
];

/** Queries of a schema about one user, grown and changed step by step. Some of what comes out is over the limits. */
export class QueryMutator {
  readonly #root: GraphQLObjectType;
  #aliases = 0;

  constructor(
    schema: GraphQLSchema,
    private readonly random: Random,
  ) {
    const root = schema.getQueryType();
    if (root == null) throw new TypeError('The schema has no queries');
    this.#root = root;
  }

  begin(): readonly Selected[] {
    return [this.#selected(this.#root, 3)];
  }

  /** Adds a field somewhere, repeats one under an alias, or leaves one out. */
  change(selection: readonly Selected[], type: GraphQLObjectType = this.#root): readonly Selected[] {
    const index = Math.floor(this.random() * selection.length);
    const chosen = selection[index];
    const field = chosen === undefined ? undefined : type.getFields()[chosen.name];
    const inner = field === undefined ? undefined : getNamedType(field.type);
    if (chosen !== undefined && isObjectType(inner) && this.random() < 0.7) {
      const below = this.change(chosen.below, inner);
      return selection.map((one) => (one === chosen ? { ...one, below } : one));
    }
    if (selection.length > 1 && this.random() < 0.15) return selection.filter((one) => one !== chosen);
    if (chosen !== undefined && this.random() < 0.4) {
      return [...selection, { ...chosen, alias: `a${++this.#aliases}` }];
    }
    return [...selection, this.#selected(type, 3)];
  }

  #selected(type: GraphQLObjectType, depth: number): Selected {
    const fields = Object.values(type.getFields()).filter(
      (field) => depth > 0 || !isCompositeType(getNamedType(field.type)),
    );
    const field = fields[Math.floor(this.random() * fields.length)];
    if (field === undefined) return { name: '__typename', alias: null, args: '', below: [] };
    const inner = getNamedType(field.type);
    const below = isObjectType(inner) ? [this.#selected(inner, depth - 1), this.#selected(inner, depth - 1)] : [];
    const args = this.#argumentsOf(field);
    // Fields with different arguments would conflict under one name.
    return { name: field.name, alias: args === '' ? null : `a${++this.#aliases}`, args, below };
  }

  #argumentsOf({ name, args }: GraphQLField<unknown, unknown>): string {
    const written = args.flatMap((argument) => {
      if (argument.name === 'ids') return ['ids: $ids'];
      if (argument.name === 'id') return [name === 'session' || name === 'endedSession' ? 'id: $session' : 'id: $user'];
      if (argument.name === 'userId') return ['userId: $user'];
      if (argument.name === 'first' && name !== 'revocations') return ['first: 100'];
      return [];
    });
    if (args.some((argument) => argument.name === 'filter')) {
      const filter = filters[Math.floor(this.random() * filters.length)] ?? '';
      if (filter !== '' && args.some((argument) => filter.startsWith(argument.name))) written.push(filter);
    }
    return written.length === 0 ? '' : `(${written.join(', ')})`;
  }
}

const declared = { user: 'ID!', ids: '[ID!]!', session: 'ID!', filter: 'SessionFilter' };

export function textOf(selection: readonly Selected[]): string {
  const body = bodyOf(selection);
  const used = Object.entries(declared).filter(([name]) => new RegExp(`\\$${name}\\b`).test(body));
  const head = used.length === 0 ? '' : `(${used.map(([name, type]) => `$${name}: ${type}`).join(', ')})`;
  return `query${head} ${body}`;
}

function bodyOf(selection: readonly Selected[]): string {
  const fields = selection.map(
    ({ name, alias, args, below }) =>
      `${alias === null ? '' : `${alias}: `}${name}${args}${below.length === 0 ? '' : ` ${bodyOf(below)}`}`,
  );
  return `{ ${fields.join(' ')} }`;
}
