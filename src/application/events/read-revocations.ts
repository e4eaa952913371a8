import { reachOf } from '../../domain/caller.js';
import type { SessionId, TenantId } from '../../domain/ids.js';
import type {
  RememberedEnding,
  RememberedRevocation,
  RevocationMemory,
  RevocationRange,
} from '../../domain/ports/revocation-memory.js';
import type { Instant } from '../../domain/session.js';
import type { ConcernedParty, RecordedRevocation } from '../../domain/session-event.js';
import { mayReadAudit } from '../authorization/access.js';
import { visibilityOf } from '../authorization/visibility.js';
import type { OperationScope } from '../operation/operation-scope.js';
import { PerOperation } from '../operation/per-operation.js';
import type { Work } from '../operation/work.js';

type ReadScope = Pick<OperationScope, 'caller' | 'tenantId'>;
type ShownEnding = Pick<RememberedEnding, 'ended' | 'cause'>;

type ListScope = ReadScope & Pick<OperationScope, 'work'>;

/** How many entries are looked at before the operation is charged for them. */
const maxPageEntries = 1_000;

/** The remembered revocations and endings that a caller may see. */
export class ReadRevocations {
  /** The lists that each operation has read, because it reads the same list once. */
  readonly #lists = new PerOperation(() => new Map<string, Promise<readonly RecordedRevocation[]>>());

  constructor(private readonly memory: RevocationMemory) {}

  /**
   * The revocations that resource servers must apply now, in the order in which they were remembered.
   * @throws ForbiddenError when the caller may not know.
   */
  async list(
    scope: ListScope,
    range: Omit<RevocationRange, 'userId' | 'tenantIds'>,
  ): Promise<readonly RecordedRevocation[]> {
    const { caller, work } = scope;
    const isVisible = visibilityOf(scope, 'event:subscribe');
    const userId = caller.kind === 'user' && reachOf(caller, 'event:subscribe') === 'self' ? caller.userId : null;
    const known = this.#lists.of(work);
    const key = JSON.stringify(range);
    const list = known.get(key) ?? this.#read({ ...range, userId, tenantIds: tenantsOf(scope) }, isVisible, work);
    known.set(key, list);
    return list;
  }

  /** Reads page after page until enough entries are visible. */
  async #read(range: RevocationRange, isVisible: (party: ConcernedParty) => boolean, work: Work) {
    const visible: RememberedRevocation[] = [];
    let { after } = range;
    for (;;) {
      const first = Math.min(range.first - visible.length, maxPageEntries);
      const page = await this.memory.list({ ...range, after, first }, (entries) => work.scan(entries));
      for (const revocation of page) if (isVisible(revocation)) visible.push(revocation);
      const last = page.at(-1);
      if (last === undefined || page.length < first || visible.length >= range.first) return visible;
      after = last.id;
    }
  }

  /** Revocations before this may be missing. @throws ForbiddenError when the caller may not know. */
  async completeSince(scope: ReadScope): Promise<Instant> {
    visibilityOf(scope, 'event:subscribe');
    return this.memory.completeSince();
  }

  /**
   * How a session ended; null when that is not known, is forgotten, or may not be seen by the caller: these look the
   * same. The cause is null when the caller may not see it.
   */
  async findEnded(scope: ReadScope, id: SessionId): Promise<ShownEnding | null> {
    const isVisible = visibilityOf(scope, 'session:read');
    const found = await this.memory.findEnded(id);
    if (found === null) return null;
    const { ended, tenantId, cause } = found;
    const { userId, applicationId } = ended;
    if (!isVisible({ tenantId, userId, applicationId, sessionId: id })) return null;
    return { ended, cause: mayReadAudit(scope.caller) ? cause : null };
  }
}

/** The tenants that an operation is about; null for all. */
function tenantsOf({ caller, tenantId }: ReadScope): ReadonlySet<TenantId> | null {
  return tenantId === null ? caller.tenantIds : new Set([tenantId]);
}
