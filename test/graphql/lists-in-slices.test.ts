import {
  execute,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  GraphQLSchema,
  GraphQLString,
  parse,
} from 'graphql';
import { expect, it } from 'vitest';
import { LoopTurns } from '../../src/application/operation/loop-turns.js';
import type { OperationScope } from '../../src/application/operation/operation-scope.js';
import { Work } from '../../src/application/operation/work.js';
import { measureWork } from '../../src/graphql/engine/measured-schema.js';

const itemCount = 2_000;

interface Item {
  readonly number: number;
}

/** A long list of plain objects, of which each has a field that fails for one of them, and one that may not be null. */
function schemaOf(isNeeded: boolean): GraphQLSchema {
  const failing = (item: Item) => {
    if (item.number === 1_234) throw new Error('not this one');
    return `owner ${item.number}`;
  };
  const owner = {
    type: isNeeded ? new GraphQLNonNull(GraphQLString) : GraphQLString,
    resolve: (item: Item) => failing(item),
  };
  const item = new GraphQLObjectType<Item>({
    name: 'Item',
    fields: { number: { type: GraphQLInt }, owner },
  });
  const items = {
    type: new GraphQLList(item),
    resolve: () => Array.from({ length: itemCount }, (_, number) => ({ number })),
  };
  return new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { items } }) });
}

function contextValue(): Pick<OperationScope, 'work' | 'time' | 'caller'> {
  const work = new Work({ maxUnits: 1_000_000, maxResponseBytes: 5_000_000 });
  const time = { signal: new AbortController().signal } as OperationScope['time'];
  return { work, time, caller: { kind: 'user', name: 'alice' } as OperationScope['caller'] };
}

const aliases = Array.from({ length: 20 }, (_, index) => `n${index}: number`).join(' ');
const document = parse(`{ items { ${aliases} owner } }`);

it.each([false, true])(
  'a list in slices is answered as one in one piece, errors included (needed: %s)',
  async (isNeeded) => {
    const [plain, sliced] = [schemaOf(isNeeded), schemaOf(isNeeded)];
    measureWork(sliced, new LoopTurns());
    const expected = await execute({ schema: plain, document, contextValue: contextValue() });
    const answer = await execute({ schema: sliced, document, contextValue: contextValue() });
    expect(JSON.stringify(answer)).toBe(JSON.stringify(expected));
    expect(answer.errors).toHaveLength(1);
  },
);

it('the event loop turns between the slices of a list', async () => {
  const schema = schemaOf(false);
  measureWork(schema, new LoopTurns());
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  await execute({ schema, document: parse(`{ items { ${aliases} } }`), contextValue: contextValue() });
  isOver = true;
  // 40,000 fields, at most about 1,500 of them in a turn.
  expect(turns).toBeGreaterThan(20);
});
