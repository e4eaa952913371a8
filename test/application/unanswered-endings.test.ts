import { describe, expect, it } from 'vitest';
import { UnansweredEndings } from '../../src/application/events/unanswered-endings.js';
import type { EndedSession } from '../../src/domain/ended-session.js';
import type { Session } from '../../src/domain/session.js';
import { session } from '../domain/sessions.js';

const live: Session = session({ number: 1 });
const ended: EndedSession = {
  id: live.id,
  userId: live.userId,
  applicationId: live.applicationId,
  endedAt: 1,
  reason: 'ADMIN_REQUEST',
  initiatingEntity: 'ADMIN',
  replacedBySessionId: null,
  accessTokensExpireBy: null,
};

/** What is found each time, and what was told and went wrong. */
function endingsThatFind(...answers: (Session | null | Error)[]) {
  const told: EndedSession[] = [];
  const failures: unknown[] = [];
  let looks = 0;
  const endings = new UnansweredEndings({
    news: {
      async tellOwn(one) {
        told.push(one);
      },
    },
    sessionsOf: () => ({
      async findSession() {
        looks++;
        const answer = answers.shift() ?? null;
        if (answer instanceof Error) throw answer;
        return answer;
      },
    }),
    onFailure: (error) => failures.push(error),
    delaysMs: [1, 1, 1],
  });
  return { endings, told, failures, looks: () => looks };
}

describe('a revocation that went unanswered', () => {
  it('is told as soon as the session is found gone', async () => {
    const { endings, told, failures, looks } = endingsThatFind(new Error('away'), live, null);
    endings.add(ended, null);
    await expect.poll(() => told).toEqual([ended]);
    expect([looks(), failures.length]).toEqual([3, 1]);
  });

  it('is left alone when the session lives on', async () => {
    const { endings, told, looks } = endingsThatFind(live, live, live, null);
    endings.add(ended, null);
    await expect.poll(looks).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([looks(), told]).toEqual([3, []]);
  });

  it('is not looked at any more when the service stops', async () => {
    const { endings, looks } = endingsThatFind(null);
    endings.add(ended, null);
    endings[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(looks()).toBe(0);
  });
});
