import { describe, expect, it } from 'vitest';
import { UncertainRevocations } from '../../src/application/events/uncertain-revocations.js';
import type { EndedSession } from '../../src/domain/ended-session.js';
import type { RevocationCause } from '../../src/domain/revocation-cause.js';
import type { Session } from '../../src/domain/session.js';
import { session } from '../support/sessions.js';
import { observing } from '../support/telemetry.js';

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

const cause: RevocationCause = {
  reason: 'ADMIN_REQUEST',
  actor: { kind: 'service', userId: null, name: 'desk' },
  comment: null,
  requestId: 'request',
};

/** What is found each time, and what was published and what went wrong. */
function endingsThatFind(...answers: (Session | null | Error)[]) {
  const published: EndedSession[] = [];
  const failures: unknown[] = [];
  let looks = 0;
  let forgotten = 0;
  const endings = new UncertainRevocations({
    recorder: {
      async recordOwn(one) {
        published.push(one);
        return 'published';
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
    telemetry: observing({ endingUncertain: (error) => failures.push(error) }),
    onForgotten: () => forgotten++,
    delaysMs: [1, 1, 1],
  });
  return { endings, published, failures, looks: () => looks, forgotten: () => forgotten };
}

describe('a revocation that went unanswered', () => {
  it('is published as soon as the session is found gone', async () => {
    const { endings, published, failures, looks } = endingsThatFind(new Error('away'), live, null);
    endings.followUp({ ended, tenantId: null, cause, isAnnounced: false });
    await expect.poll(() => published).toEqual([ended]);
    expect([looks(), failures.length]).toEqual([3, 1]);
  });

  it('is published once FusionAuth can be asked again, however often it could not be', async () => {
    const away = Array.from({ length: 9 }, () => new Error('away'));
    const { endings, published, failures } = endingsThatFind(live, ...away, null);
    endings.followUp({ ended, tenantId: null, cause, isAnnounced: false });
    await expect.poll(() => published).toEqual([ended]);
    expect(failures).toHaveLength(9);
  });

  it('is left alone when the session lives on', async () => {
    const { endings, published, looks } = endingsThatFind(live, live, live, null);
    endings.followUp({ ended, tenantId: null, cause, isAnnounced: false });
    await expect.poll(looks).toBe(3);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect([looks(), published]).toEqual([3, []]);
  });

  it('is reported where so many are in doubt that nobody will look at it again, and revocations may be missing then', () => {
    const { endings, failures, forgotten } = endingsThatFind();
    using _ = endings;
    for (let count = 0; count < 1_000; count++) endings.followUp({ ended, tenantId: null, cause, isAnnounced: false });
    expect(failures).toEqual([]);
    endings.followUp({ ended, tenantId: null, cause, isAnnounced: false });
    expect(failures).toMatchObject([{ message: expect.stringContaining('1000 sessions are in doubt already') }]);
    expect(forgotten()).toBe(1);
    // Another replica looks at what is announced.
    endings.followUp({ ended, tenantId: null, cause, isAnnounced: true });
    expect([failures.length, forgotten()]).toEqual([1, 1]);
  });

  it('counts as in doubt while it is being looked at, and no longer once that has shown what became of it', async () => {
    const answers: ((session: Session | null) => void)[] = [];
    const failures: unknown[] = [];
    using endings = new UncertainRevocations({
      recorder: { recordOwn: async () => 'published' },
      sessionsOf: () => ({ findSession: () => new Promise((resolve) => answers.push(resolve)) }),
      telemetry: observing({ endingUncertain: (error) => failures.push(error) }),
      onForgotten: () => undefined,
      delaysMs: [1],
    });
    const followUp = () => endings.followUp({ ended, tenantId: null, cause, isAnnounced: false });
    for (let count = 0; count < 1_000; count++) followUp();
    await expect.poll(() => answers.length).toBe(1_000);
    followUp();
    expect(failures).toHaveLength(1);
    for (const [index, answer] of answers.entries()) answer(index % 2 === 0 ? live : null);
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (let count = 0; count < 1_000; count++) followUp();
    expect(failures).toHaveLength(1);
  });

  it('is not looked at any more when the service stops', async () => {
    const { endings, looks } = endingsThatFind(null);
    endings.followUp({ ended, tenantId: null, cause, isAnnounced: false });
    endings[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(looks()).toBe(0);
  });
});
