import { expect, it } from 'vitest';
import { nothing, together } from '../../src/console/state/ended.js';

it('a session that could not be ended at first, and was ended then, is no failure', () => {
  const failed = (sessionId: string) => ({ sessionId, message: 'FusionAuth did not answer' });
  const ended = { sessionId: 'a', applicationId: null, accessTokensExpireBy: null };
  const first = { ...nothing, failures: [failed('a'), failed('b'), failed('c')], more: true };
  const second = { ...nothing, ended: [ended], alreadyEndedIds: ['b'], failures: [failed('c')] };
  expect(together(first, second)).toEqual({ ...second, failures: [failed('c')] });
});
