import pLimit from 'p-limit';
import type { User } from '../../domain/directory.js';
import type { SessionId, TenantId, UserId } from '../../domain/ids.js';
import type { ConfirmedUser } from '../../domain/ports/confirmation-turns.js';
import { type Directory, maxUsersPerSearch } from '../../domain/ports/directory.js';
import type { SessionGateway } from '../../domain/ports/session-gateway.js';
import type { Question } from './confirmation-line.js';
import type { KnownLives } from './known-lives.js';

/** The calls to FusionAuth that confirmations make. */
export interface ConfirmationSource {
  readonly sessions: Pick<SessionGateway, 'listSessions' | 'findSession'>;
  readonly directory: Pick<Directory, 'findUsers'>;
}

export interface AskFusionAuthPorts {
  readonly lives: KnownLives;
  readonly sourceOf: (tenantId: TenantId | null) => ConfirmationSource;
  readonly elapsedMs: () => number;
  /** Called for each call to FusionAuth beyond the one that the question stands for. */
  readonly onFurtherCall: () => void;
  /** Called with what FusionAuth said of a user that a question is about. */
  readonly onListed?: (question: Question, answer: ConfirmedUser) => void;
  /** How long to wait before a session that was not found is looked for again, in milliseconds. */
  readonly secondLookMs: number;
}

/**
 * How many sessions of one user are looked for side by side. Each look-up may wait for its second look, and the caller
 * waits for all of them.
 */
const maxConcurrentLooks = 16;

/**
 * Asks FusionAuth the questions, and remembers its answers. Questions that are asked together share one search for
 * their users. Each result rejects alone when its calls fail.
 */
export function askFusionAuth(questions: readonly Question[], ports: AskFusionAuthPorts): readonly Promise<void>[] {
  const searches = new Map<TenantId | null, UserSearch>();
  for (const { tenantId, userId } of questions) {
    const search = searches.get(tenantId) ?? new UserSearch(tenantId, ports);
    searches.set(tenantId, search);
    if (userId !== null) search.add(userId);
  }
  return questions.map((question) => {
    const search = searches.get(question.tenantId) ?? new UserSearch(question.tenantId, ports);
    return question.userId === null
      ? askBySession(question, search, ports)
      : askByUser(question.userId, question, search, ports);
  });
}

async function askByUser(
  userId: UserId,
  question: Question,
  search: UserSearch,
  ports: AskFusionAuthPorts,
): Promise<void> {
  const { tenantId, sessionIds } = question;
  const { lives, elapsedMs, sourceOf } = ports;
  const askedAt = elapsedMs();
  const [user, { sessions }] = await Promise.all([
    search.find(userId),
    sourceOf(tenantId).sessions.listSessions(userId),
  ]);
  const isActive = user?.active !== false;
  ports.onListed?.(question, { isActive, sessions: isActive ? sessions : [] });
  if (!isActive) {
    for (const id of sessionIds) lives.rememberEnd(id, tenantId, askedAt);
    return;
  }
  for (const session of sessions) lives.remember(session, tenantId, askedAt);
  lives.rememberActive(userId, askedAt);
  const listed = new Set(sessions.map(({ id }) => id));
  const inTurn = pLimit(maxConcurrentLooks);
  const missing = [...sessionIds].filter((id) => !listed.has(id));
  await Promise.all(missing.map((id) => inTurn(() => lookFor(id, tenantId, search, ports))));
}

async function askBySession(
  { tenantId, sessionIds }: Question,
  search: UserSearch,
  ports: AskFusionAuthPorts,
): Promise<void> {
  const inTurn = pLimit(maxConcurrentLooks);
  await Promise.all([...sessionIds].map((id) => inTurn(() => lookFor(id, tenantId, search, ports, false))));
}

/**
 * Looks for a session a second time before it counts as ended, because a read can lag behind the login that made the
 * session.
 */
async function lookFor(
  id: SessionId,
  tenantId: TenantId | null,
  search: UserSearch,
  ports: AskFusionAuthPorts,
  isFurtherCall = true,
): Promise<void> {
  const { lives, elapsedMs, sourceOf, onFurtherCall, secondLookMs } = ports;
  const { sessions } = sourceOf(tenantId);
  if (isFurtherCall) onFurtherCall();
  let askedAt = elapsedMs();
  let session = await sessions.findSession(id);
  if (session === null) {
    await new Promise((resolve) => setTimeout(resolve, secondLookMs));
    onFurtherCall();
    askedAt = elapsedMs();
    session = await sessions.findSession(id);
  }
  const user = session === null ? null : await search.find(session.userId);
  if (session === null || user?.active === false) {
    lives.rememberEnd(id, tenantId, askedAt);
    return;
  }
  lives.remember(session, tenantId, askedAt);
  lives.rememberActive(session.userId, askedAt);
}

/** Searches for all users who are known at the start together, and for each that turns up later alone. */
class UserSearch {
  readonly #expected = new Set<UserId>();
  #searches: Map<UserId, Promise<ReadonlyMap<UserId, User>>> | null = null;

  constructor(
    private readonly tenantId: TenantId | null,
    private readonly ports: AskFusionAuthPorts,
  ) {}

  add(userId: UserId): void {
    this.#expected.add(userId);
  }

  /** Null when FusionAuth does not know the user. */
  async find(userId: UserId): Promise<User | null> {
    this.#searches ??= this.#begin();
    const users = await (this.#searches.get(userId) ?? this.#search([userId]));
    return users.get(userId) ?? null;
  }

  #begin(): Map<UserId, Promise<ReadonlyMap<UserId, User>>> {
    const searches = new Map<UserId, Promise<ReadonlyMap<UserId, User>>>();
    const ids = [...this.#expected];
    for (let start = 0; start < ids.length; start += maxUsersPerSearch) {
      const part = ids.slice(start, start + maxUsersPerSearch);
      const search = this.#search(part);
      for (const id of part) searches.set(id, search);
    }
    return searches;
  }

  #search(ids: readonly UserId[]): Promise<ReadonlyMap<UserId, User>> {
    this.ports.onFurtherCall();
    const search = this.ports.sourceOf(this.tenantId).directory.findUsers(ids);
    // Handles a rejection for which no question waits, because its list has failed.
    search.catch(() => undefined);
    return search;
  }
}
