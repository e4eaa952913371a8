import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { startTestService, type TestService } from '../support/service.js';
import type { TestUser } from '../support/users.js';

const nobody = 'f0000000-0000-4000-8000-00000000000f';

let service: TestService;
let alice: TestUser;
let sessionId: string;

beforeAll(async () => {
  service = await startTestService({ shopId, env: { ...shopTokens, MAX_LIST_ITEMS: '120' } });
  alice = service.user({ email: 'alice@example.com', sessions: 1 });
  sessionId = alice.sessions[0]?.id ?? '';
});

afterAll(() => service[Symbol.asyncDispose]());

const one = `query Node($id: ID!) {
  node(id: $id) {
    __typename id
    ... on Session { userId kind user { email } }
    ... on User { email sessions { id } }
  }
}`;

const several = 'query Nodes($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Session { user { email } } } }';

describe('node', () => {
  it('answers a session by its id', async () => {
    expect(await service.data(one, { id: sessionId })).toEqual({
      node: {
        __typename: 'Session',
        id: sessionId,
        userId: alice.id,
        kind: 'APPLICATION',
        user: { email: 'alice@example.com' },
      },
    });
  });

  it('answers a user by its id, in capitals too', async () => {
    expect(await service.data(one, { id: alice.id.toUpperCase() })).toEqual({
      node: { __typename: 'User', id: alice.id, email: 'alice@example.com', sessions: [{ id: sessionId }] },
    });
  });

  it('answers null for what is neither, and refuses what is no UUID', async () => {
    expect(await service.data(one, { id: nobody })).toEqual({ node: null });
    const { body } = await service.query(one, { id: `ended:${sessionId}` });
    expect(body.errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', argument: ['id'] } }]);
  });

  it('shows users no more than session and user do: what is not theirs looks like what does not exist', async () => {
    const key = (await alice.login()).token;
    const bob = service.user({ sessions: 1 });
    const answers = [];
    for (const id of [nobody, bob.id, bob.sessions[0]?.id]) {
      const response = await service.fetch('/graphql', {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ query: one, variables: { id } }),
      });
      answers.push((await response.text()).replace(/"remainingPoints":\d+/, ''));
    }
    expect(answers[0]).toContain('{"node":null}');
    expect(answers).toEqual([answers[0], answers[0], answers[0]]);
    expect(await service.data(one, { id: alice.id }, { key })).toMatchObject({ node: { id: alice.id } });
    expect(await service.data(one, { id: sessionId }, { key })).toMatchObject({ node: { id: sessionId } });
  });

  it('needs session:read of services', async () => {
    const { body } = await service.query(one, { id: sessionId }, { key: service.key(['policy:read']) });
    expect(body.errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }]);
  });

  it('reports a null that a variable puts below it before anything is called', async () => {
    service.emulator.calls.clear();
    const document = `query ($id: ID!, $states: [SessionState!]) {
      node(id: $id) { ... on User { sessions(filter: { states: $states }) { id } } }
    }`;
    expect((await service.query(document, { id: alice.id, states: null })).body.errors).toMatchObject([
      { extensions: { code: 'BAD_USER_INPUT', argument: ['filter', 'states'] } },
    ]);
    expect(service.emulator.calls.count()).toBe(0);
  });

  it('answers a query that comes again as it did the first time', async () => {
    const first = await service.data(one, { id: sessionId });
    for (let time = 2; time <= 4; time++) expect(await service.data(one, { id: sessionId })).toEqual(first);
  });
});

describe('nodes', () => {
  it('answers in the order asked, null where there is nothing, with one search for all users', async () => {
    const bob = service.user({ email: 'bob@example.com', sessions: 2 });
    const [first = '', second = ''] = bob.sessions.map(({ id }) => id);
    service.emulator.calls.clear();
    const ids = [bob.id, nobody, second, alice.id, first, second];
    expect(await service.data(several, { ids })).toEqual({
      nodes: [
        { __typename: 'User', id: bob.id },
        null,
        { __typename: 'Session', id: second, user: { email: 'bob@example.com' } },
        { __typename: 'User', id: alice.id },
        { __typename: 'Session', id: first, user: { email: 'bob@example.com' } },
        { __typename: 'Session', id: second, user: { email: 'bob@example.com' } },
      ],
    });
    expect(service.emulator.calls.count({ path: '/api/user/search' })).toBe(1);
  });

  it('takes as many ids as a list may hold, and no more', async () => {
    const ids = (count: number) => Array.from({ length: count }, () => nobody);
    expect(await service.data(several, { ids: ids(120) })).toEqual({ nodes: Array(120).fill(null) });
    const { body } = await service.query(several, { ids: ids(121) });
    expect(body.errors).toMatchObject([{ message: expect.stringContaining('at most 120') }]);
  });
});
