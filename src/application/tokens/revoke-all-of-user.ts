import { UpstreamUnavailableError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';
import type { OperationScope } from '../operation/operation-scope.js';
import type { RevokeSessions } from '../revocation/revoke-sessions.js';

/** Whose sessions are to end. */
export type Subject =
  | { readonly kind: 'user'; readonly id: UserId }
  /** An e-mail address, compared without regard to case. */
  | { readonly kind: 'email'; readonly email: string };

/** `ambiguous`: several users have the address, in several tenants. `partial`: some sessions could not be ended. */
export type RevocationOfAll = 'done' | 'notFound' | 'ambiguous' | 'partial';

export interface RevokeAllOfUserPorts {
  readonly revokeSessions: Pick<RevokeSessions, 'execute'>;
}

/** The most that one list holds, and one round ends. */
const maxRevocations = 1_000;
/** A user with more sessions than all rounds end has to be named again. */
const maxRounds = 5;
/** Users whose addresses begin with the one that was meant come after it. */
const searchSize = 25;
const retryAfterSeconds = 1;
const comment = 'Global token revocation';

const every = {
  applicationIds: null,
  kinds: null,
  deviceTypes: null,
  ipAddress: null,
  text: null,
  states: ['active', 'expired'],
  createdAt: null,
  lastAccessedAt: null,
} as const;

/** Ends all sessions of a user, SSO sessions included. */
export class RevokeAllOfUser {
  constructor(private readonly ports: RevokeAllOfUserPorts) {}

  /**
   * @param scope Of a caller with session:read and session:bulk.
   * @throws an UpstreamError when the user cannot be looked for, or no session be listed or ended.
   */
  async execute(scope: OperationScope, subject: Subject): Promise<RevocationOfAll> {
    const found = await findUsers(scope, subject);
    const [userId, ...others] = found;
    if (userId === undefined) return 'notFound';
    if (others.length > 0) return 'ambiguous';
    for (let round = 1; round <= maxRounds; round++) {
      const result = await this.ports.revokeSessions.execute(scope, {
        target: { kind: 'user', userId, filter: every, exceptIds: [] },
        maxRevocations,
        includeSsoSessions: true,
        dryRun: false,
        reason: 'INCIDENT_RESPONSE',
        comment,
      });
      const { ended, failures, userErrors, more } = result;
      if (failures.length + userErrors.length > 0) {
        if (ended.length === 0) throw new UpstreamUnavailableError(retryAfterSeconds, true);
        return 'partial';
      }
      if (!more) return 'done';
    }
    return 'partial';
  }
}

async function findUsers({ access }: OperationScope, subject: Subject): Promise<readonly UserId[]> {
  if (subject.kind === 'user') {
    return [...(await access.directory('session:read').findUsers([subject.id])).keys()];
  }
  const { users } = await access.people('session:read').search({ text: subject.email, skip: 0, size: searchSize });
  const email = subject.email.toLowerCase();
  return users.filter((user) => user.email?.toLowerCase() === email).map(({ id }) => id);
}
