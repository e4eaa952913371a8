import { describe, expect, it } from 'vitest';
import { followSessionEvents } from '../../src/application/events/follow-session-events.js';
import type { Caller } from '../../src/domain/caller.js';
import { type ApplicationId, parseApplicationId } from '../../src/domain/ids.js';
import type { SessionEvent, SessionEventType } from '../../src/domain/session-event.js';
import { shopId } from '../support/access-tokens.js';
import { FeedOfItsOwn } from '../support/in-process-parts.js';

function parsed(id: string): ApplicationId {
  const applicationId = parseApplicationId(id);
  if (applicationId === undefined) throw new Error('No id');
  return applicationId;
}

const callerOf = (applicationIds: ReadonlySet<ApplicationId> | null): Caller => ({
  kind: 'service',
  name: 'shop',
  expiresAt: null,
  permissions: new Set(['event:subscribe']),
  tenantIds: null,
  applicationIds,
});

const eventOf = (type: SessionEventType, applicationId: ApplicationId | null): Omit<SessionEvent, 'id'> => ({
  type,
  tenantId: null,
  userId: null,
  applicationId,
  sessionId: null,
  reason: null,
  initiatingEntity: null,
  occurredAt: 0,
  revocation: null,
});

/** The types of events without an application that come to a caller before one of its application. */
async function heardWithout(caller: Caller): Promise<readonly string[]> {
  const events = new FeedOfItsOwn({ maxWaitingEvents: 10, maxRememberedEvents: 10 });
  const command = { userIds: null, types: null, after: null, last: 0 };
  const followed = await followSessionEvents({ caller, tenantId: null, events, lastEventId: null }, command);
  const types = ['SESSION_STARTED', 'SESSION_REFRESHED', 'SESSION_LIMIT_EXCEEDED', 'SESSION_REVOKED'] as const;
  for (const type of types) events.append(eventOf(type, null));
  events.append(eventOf('SESSION_STARTED', parsed(shopId)));
  const heard: string[] = [];
  for await (const { type, applicationId } of followed) {
    if (applicationId !== null) break;
    heard.push(type);
  }
  return heard;
}

describe('of what names no application', () => {
  it('a key bound to an application follows revocations only, which are about every application', async () => {
    expect(await heardWithout(callerOf(new Set([parsed(shopId)])))).toEqual(['SESSION_REVOKED']);
  });

  it('a key without bounds follows everything', async () => {
    expect(await heardWithout(callerOf(null))).toHaveLength(4);
  });
});
