import { buildSchema, GraphQLObjectType } from 'graphql';
import { expect, it } from 'vitest';
import { LoopTurns } from '../../src/application/operation/loop-turns.js';
import type { OperationScope } from '../../src/application/operation/operation-scope.js';
import { Work } from '../../src/application/operation/work.js';
import { parseConfig } from '../../src/config/config.js';
import { InvalidInputError } from '../../src/domain/errors.js';
import { systemClock } from '../../src/domain/ports/clock.js';
import { Documents } from '../../src/graphql/engine/documents.js';
import { createSubscribe } from '../../src/graphql/engine/subscriptions.js';
import { createLogger } from '../../src/observability/logger.js';
import { Telemetry } from '../../src/observability/telemetry.js';
import { captureLogs } from '../support/logs.js';

const schema = buildSchema(`
  type Query { none: Int }
  type Event { good: Int bad: Int wrong: Int }
  type Subscription { event: Event }
`);

const subscription = schema.getSubscriptionType();
const event = schema.getType('Event');
if (!(event instanceof GraphQLObjectType) || subscription == null) throw new Error('No such types');
const { event: root } = subscription.getFields();
const { bad, wrong } = event.getFields();
if (root === undefined || bad === undefined || wrong === undefined) throw new Error('No such fields');
root.subscribe = async function* () {
  yield { event: { good: 1 } };
  yield { event: { good: 2 } };
};
bad.resolve = () => {
  throw new Error('password of the database: hunter2');
};
wrong.resolve = () => {
  throw new InvalidInputError(['wrong'], 'wrong must be right');
};

it('what goes wrong within a result is masked as everywhere, and the results go on', async () => {
  const logs = captureLogs();
  const parsed = parseConfig({});
  if (!parsed.ok) throw new Error(parsed.problems.join());
  const subscribe = createSubscribe({
    turns: new LoopTurns(),
    schema,
    telemetry: new Telemetry(createLogger('info', logs.destination), systemClock),
    documents: new Documents({ schema, introspection: false, limits: parsed.config.limits }),
    limits: parsed.config.limits,
    spending: { charge: async () => undefined },
  });
  const time = { deadline: Number.POSITIVE_INFINITY, signal: new AbortController().signal };
  const caller = { kind: 'service', name: 'shop', permissions: new Set() };
  const work = new Work({ maxUnits: Number.POSITIVE_INFINITY, maxResponseBytes: Number.POSITIVE_INFINITY });
  const scope = { requestId: 'request-1', caller, time, work } as unknown as OperationScope;
  const request = {
    query: 'subscription { event { good bad wrong } }',
    operationName: null,
    variables: {},
    lastEventId: null,
  };
  const subscribed = await subscribe(request, scope);
  if (subscribed.kind === 'refused') throw new Error(JSON.stringify(subscribed.errors));
  const { results } = subscribed;
  for (const good of [1, 2]) {
    const { value } = await results.next();
    const answer = JSON.parse(value?.json ?? 'null');
    expect(answer.data).toEqual({ event: { good, bad: null, wrong: null } });
    expect(answer.errors).toMatchObject([
      { path: ['event', 'bad'], extensions: { code: 'INTERNAL_SERVER_ERROR', requestId: 'request-1' } },
      { path: ['event', 'wrong'], message: 'wrong must be right', extensions: { code: 'BAD_USER_INPUT' } },
    ]);
    expect(JSON.stringify(answer)).not.toContain('hunter2');
  }
  expect(JSON.stringify(logs.lines)).toContain('hunter2');
  await results.return();
});
