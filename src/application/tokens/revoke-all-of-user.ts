import { UpstreamUnavailableError } from '../../domain/errors.js';
import type { UserId } from '../../domain/ids.js';
import { maxFoundUsers } from '../../domain/ports/people.js';
import type { EndingScope } from '../operation/operation-scope.js';
import type { RevokeSessions } from '../revocation/revoke-sessions.js';

/** The user whose sessions are to end. */
export type Subject =
  | { readonly kind: 'user'; readonly id: UserId }
  /** An e-mail address, compared without regard to case. */
  | { readonly kind: 'email'; readonly email: string };

/**
 * `ambiguous`: several users have the address, or too many have similar ones to tell. `partial`: some sessions could
 * not be ended.
 */
export type RevocationOfAll = 'done' | 'notFound' | 'ambiguous' | 'partial';

interface RevokeAllOfUserPorts {
  readonly revokeSessions: Pick<RevokeSessions, 'execute'>;
}

/** The most that one list holds, and one round ends. */
const maxRevocations = 1_000;
/** A user with more sessions than all rounds end has to be named again. */
const maxRounds = 5;
/**
 * The page of a search. Most addresses match one user, but anybody can sign up with addresses that contain another's.
 */
const searchSize = 500;
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
   * @param scope The scope of a caller with session:read and session:bulk.
   * @throws an UpstreamError when the user or the sessions cannot be read, or no session can be ended.
   */
  async execute(scope: EndingScope, subject: Subject): Promise<RevocationOfAll> {
    const found = await findUsers(scope, subject);
    if (found === null) return 'ambiguous';
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

/**
 * @returns null when more users have similar addresses than a search reaches, so that the right one may be beyond it.
 */
async function findUsers({ access }: Pick<EndingScope, 'access'>, subject: Subject): Promise<readonly UserId[] | null> {
  if (subject.kind === 'user') {
    return [...(await access.directory('session:read').findUsers([subject.id])).keys()];
  }
  const people = access.people('session:read');
  const email = subject.email.toLowerCase();
  const found: UserId[] = [];
  for (let skip = 0; skip < maxFoundUsers; skip += searchSize) {
    const { users } = await people.search({ text: subject.email, skip, size: searchSize });
    const exact = users.filter((user) => user.email?.toLowerCase() === email).map(({ id }) => id);
    // Users are sorted by address, so those with the same address follow each other.
    if (users.length < searchSize || (found.length > 0 && exact.length === 0)) return [...found, ...exact];
    found.push(...exact);
    if (found.length > 1) return found;
  }
  return found.length > 0 ? found : null;
}
