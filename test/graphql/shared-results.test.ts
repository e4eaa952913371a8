import { buildSchema, type ExecutionResult } from 'graphql';
import { expect, it } from 'vitest';
import { LoopTurns } from '../../src/application/operation/loop-turns.js';
import type { OperationScope } from '../../src/application/operation/operation-scope.js';
import { ResumableEvents } from '../../src/application/operation/subscription.js';
import { Work } from '../../src/application/operation/work.js';
import { parseConfig } from '../../src/config/config.js';
import { deferred } from '../../src/domain/deferred.js';
import { Documents } from '../../src/graphql/engine/documents.js';
import { createSubscribe } from '../../src/graphql/engine/subscriptions.js';
import { SubscriberQueue } from '../../src/in-process/subscriber-queue.js';
import { silent } from '../support/telemetry.js';

/** A schema whose one subscription counts how often an event is executed, and knows whether it sees who asks. */
function startEvents(turns = new LoopTurns()) {
  const schema = buildSchema(`
    type Query { none: Int }
    type Event { id: ID seesCaller: Boolean double(by: Int = 2): Int }
    type Subscription { event: Event }
  `);
  const queues = new Set<SubscriberQueue<{ readonly id: string }>>();
  const root = schema.getSubscriptionType()?.getFields()['event'];
  if (root === undefined) throw new Error('No such field');
  let executions = 0;
  root.subscribe = () => {
    const queue = new SubscriberQueue<{ readonly id: string }>(1_000, () => queues.delete(queue));
    queues.add(queue);
    return new ResumableEvents(queue, ({ id }) => id);
  };
  root.resolve = ({ id }, _args, scope: unknown) => {
    executions++;
    return { id, seesCaller: 'caller' in Object(scope), double: ({ by }: { by: number }) => Number(id) * by };
  };
  const parsed = parseConfig({});
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const { limits } = parsed.config;
  const createdSubscribe = createSubscribe({
    turns,
    schema,
    telemetry: silent,
    documents: new Documents({ schema, introspection: false, limits }),
    limits,
    spending: { charge: async () => undefined },
  });
  return {
    executions: () => executions,
    publish(id: string) {
      for (const queue of queues) queue.push({ id });
    },
    async subscribe(query: string, variables: Readonly<Record<string, unknown>> = {}) {
      const time = { deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
      const caller = { kind: 'service', permissions: new Set<string>() };
      const work = new Work({ maxUnits: Number.POSITIVE_INFINITY, maxResponseBytes: Number.POSITIVE_INFINITY });
      const scope = { requestId: 'request', time, caller, work } as unknown as OperationScope;
      const subscribed = await createdSubscribe({ query, operationName: null, variables, lastEventId: null }, scope);
      if (subscribed.kind === 'refused') throw new Error(JSON.stringify(subscribed.errors));
      const { results } = subscribed;
      return {
        next: async (): Promise<ExecutionResult['data']> => {
          const { value } = await results.next();
          return value === undefined ? null : JSON.parse(value.json).data;
        },
        end: () => results.return(),
      };
    },
  };
}

const query = 'subscription ($by: Int) { event { id seesCaller double(by: $by) } }';

it('an event is executed once for all subscriptions that ask the same, and without who asks', async () => {
  const events = startEvents();
  const same = await Promise.all([1, 2, 3].map(() => events.subscribe(query, { by: 3 })));
  events.publish('7');
  for (const results of same)
    expect(await results.next()).toEqual({ event: { id: '7', seesCaller: false, double: 21 } });
  expect(events.executions()).toBe(1);
});

it('other variables and other documents have results of their own', async () => {
  const events = startEvents();
  const asked = [
    await events.subscribe(query, { by: 3 }),
    await events.subscribe(query, { by: 4 }),
    await events.subscribe(query),
    await events.subscribe('subscription { event { double(by: 5) } }'),
  ];
  events.publish('7');
  const shown = [];
  for (const results of asked) shown.push((await results.next())?.['event']);
  expect(shown).toMatchObject([{ double: 21 }, { double: 28 }, { double: 14 }, { double: 35 }]);
  expect(events.executions()).toBe(4);
});

it('a subscription that lags far behind, or stays alone, reads every event', async () => {
  const events = startEvents();
  const [quick, slow] = [await events.subscribe(query), await events.subscribe(query)];
  const ids = Array.from({ length: 500 }, (_, index) => `${index + 1}`);
  for (const id of ids) events.publish(id);
  const readBy = async (results: typeof quick) => {
    const read = [];
    for (const _id of ids) read.push((await results.next())?.['event']);
    return read;
  };
  const shown = ids.map((id) => ({ id, seesCaller: false, double: Number(id) * 2 }));
  expect(await readBy(quick)).toEqual(shown);
  await quick.end();
  expect(await readBy(slow)).toEqual(shown);
  events.publish('501');
  expect(await slow.next()).toMatchObject({ event: { id: '501' } });
});

it('an event waits for its turn among all other work', async () => {
  const { promise: held, settle: release } = deferred<undefined>();
  class HeldTurns extends LoopTurns {
    override take() {
      return held;
    }
  }
  const events = startEvents(new HeldTurns());
  const subscriber = await events.subscribe(query);
  const next = subscriber.next();
  events.publish('1');
  await new Promise((resolve) => setImmediate(resolve));
  expect(events.executions()).toBe(0);
  release(undefined);
  expect(await next).toMatchObject({ event: { id: '1' } });
  await subscriber.end();
});
