import type { EndedSession } from '../../domain/ended-session.js';
import type { SessionId } from '../../domain/ids.js';
import type { RevocationMemory, RevocationRange } from '../../domain/ports/revocation-memory.js';
import type { Instant } from '../../domain/session.js';
import type { RecordedRevocation } from '../../domain/session-event.js';
import { visibilityOf } from '../authorization/visibility.js';
import type { OperationScope } from '../operation/operation-scope.js';

type ReadScope = Pick<OperationScope, 'caller' | 'tenantId'>;

/** What is remembered of what has ended, as far as callers may know. */
export class ReadRevocations {
  constructor(private readonly memory: RevocationMemory) {}

  /**
   * What resource servers must refuse now, in the order in which it was remembered.
   * @throws ForbiddenError when the caller may not know.
   */
  async list(scope: ReadScope, range: RevocationRange): Promise<readonly RecordedRevocation[]> {
    return this.memory.list(range, visibilityOf(scope, 'event:subscribe'));
  }

  /** Revocations before this may be missing. @throws ForbiddenError when the caller may not know. */
  async completeSince(scope: ReadScope): Promise<Instant> {
    visibilityOf(scope, 'event:subscribe');
    return this.memory.completeSince();
  }

  /** How a session ended; null when that is not known, no longer, or not for the caller to know: these look the same. */
  async findEnded(scope: ReadScope, id: SessionId): Promise<EndedSession | null> {
    const isVisible = visibilityOf(scope, 'session:read');
    const found = await this.memory.findEnded(id);
    if (found === null) return null;
    const { ended, tenantId } = found;
    const { userId, applicationId } = ended;
    return isVisible({ tenantId, userId, applicationId, sessionId: id }) ? ended : null;
  }
}
