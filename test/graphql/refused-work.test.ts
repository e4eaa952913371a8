import { execute, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString, parse } from 'graphql';
import { expect, it } from 'vitest';
import { LoopTurns, loopShares } from '../../src/application/operation/loop-turns.js';
import type { OperationScope } from '../../src/application/operation/operation-scope.js';
import { Work } from '../../src/application/operation/work.js';
import { measureWork } from '../../src/graphql/engine/measured-schema.js';

const itemCount = 2_000;

/** A list of objects, of which each has a field with a resolver of its own. */
function schemaOf(resolve: () => unknown, turns = new LoopTurns()): GraphQLSchema {
  const item = new GraphQLObjectType({
    name: 'Item',
    fields: { owner: { type: GraphQLString, resolve: async () => resolve() } },
  });
  const items = { type: new GraphQLList(item), resolve: () => Array.from({ length: itemCount }, () => ({})) };
  const schema = new GraphQLSchema({ query: new GraphQLObjectType({ name: 'Query', fields: { items } }) });
  measureWork(schema, turns);
  return schema;
}

function scopeWith(
  maxUnits: number,
  { signal } = new AbortController(),
): Pick<OperationScope, 'work' | 'time' | 'caller'> {
  const work = new Work({ maxUnits, maxResponseBytes: 5_000_000 });
  const time = { signal } as OperationScope['time'];
  return { work, time, caller: { kind: 'user', name: 'alice' } as OperationScope['caller'] };
}

const document = parse('{ items { owner } }');

it('the fields of a refused query share one error, which is made once for thousands of them', async () => {
  const contextValue = scopeWith(itemCount + 1_000);
  const { errors = [] } = await execute({ schema: schemaOf(() => 'bob'), document, contextValue });
  expect(contextValue.work.refusal).not.toBeNull();
  expect(errors.length).toBeGreaterThan(itemCount / 4);
  expect(new Set(errors).size).toBe(1);
});

it('fields that fail by the thousand let the event loop turn in between', async () => {
  const contextValue = scopeWith(1_000_000);
  let turns = 0;
  let isOver = false;
  const count = () => {
    turns++;
    if (!isOver) setImmediate(count);
  };
  setImmediate(count);
  const schema = schemaOf(() => {
    throw new Error('nobody there');
  });
  const { errors = [] } = await execute({ schema, document, contextValue });
  isOver = true;
  expect(errors).toHaveLength(itemCount);
  expect(turns).toBeGreaterThan(5);
});

it('fields that take long before they have a value begin turn by turn, and none once their operation is over', async () => {
  const over = new AbortController();
  let nowMs = 0;
  let begun = 0;
  const turns = new LoopTurns(loopShares, () => nowMs);
  const schema = schemaOf(() => {
    begun++;
    nowMs++;
    return 'bob';
  }, turns);
  const executed = execute({ schema, document, contextValue: scopeWith(1_000_000, over) });
  for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setImmediate(resolve));
  expect(begun).toBeGreaterThan(0);
  expect(begun).toBeLessThan(100);
  over.abort();
  const { errors = [] } = await executed;
  expect(begun).toBeLessThan(100);
  expect(errors.length).toBeGreaterThan(itemCount - 100);
});
