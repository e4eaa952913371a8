/** What one operation was asked, by the ordinals of sessions. */
export type Request =
  | { readonly kind: 'newest'; readonly keep: number | null }
  | { readonly kind: 'requested'; readonly keep: number }
  | { readonly kind: 'lastUsed' }
  | { readonly kind: 'revoke'; readonly session: number }
  | { readonly kind: 'others'; readonly except: number };

/** What it answered. */
export interface Reply {
  /** Nothing was revoked, because a session to keep is not live. */
  readonly refused: boolean;
  /** The session to keep is gone, because another one was to stay in its place. */
  readonly superseded?: boolean;
  /** Sessions that it could not end, or does not know to have ended. */
  readonly failures: readonly number[];
}

interface State {
  readonly live: ReadonlySet<number>;
  /** Sessions that an earlier operation could not tell to have ended. */
  readonly inDoubt: ReadonlySet<number>;
}

/**
 * Whether the operations, carried out one after the other in some order, each in one go, leave what is left and answer
 * what was answered. A limit is one session. A session whose ending failed may have ended or not, but only then: what is
 * said to be kept afterwards must live.
 * @param inOrder Whether only the order given counts, because each was answered before the next one began.
 */
export function someOrderExplains(
  before: ReadonlySet<number>,
  lastUsed: number,
  operations: readonly { readonly request: Request; readonly reply: Reply }[],
  after: ReadonlySet<number>,
  inOrder = false,
): boolean {
  const explains = (state: State, left: typeof operations): boolean => {
    if (left.length === 0) return same(state.live, after);
    return (inOrder ? left.slice(0, 1) : left).some((operation) => {
      const others = left.filter((other) => other !== operation);
      return next(state, operation, lastUsed).some((following) => explains(following, others));
    });
  };
  return explains({ live: before, inDoubt: new Set() }, operations);
}

/** Every state that an operation can lead to when its turn comes; none when it would have answered otherwise. */
function next(
  { live, inDoubt }: State,
  { request, reply }: { readonly request: Request; readonly reply: Reply },
  lastUsed: number,
): readonly State[] {
  const named = namedIn(request);
  const isGone = named !== null && (!live.has(named) || inDoubt.has(named));
  if (reply.refused) return isGone ? [{ live, inDoubt }] : [];
  if (reply.superseded === true && named !== null && !live.has(named)) return [{ live, inDoubt }];
  if (named !== null && !live.has(named)) return [];
  const stay = staying(request, live, inDoubt, lastUsed);
  const certain = [...live].filter((session) => stay.has(session));
  const doubtful = [...live].filter((session) => !stay.has(session) && reply.failures.includes(session));
  return subsets(doubtful).map((lives) => ({
    live: new Set([...certain, ...lives]),
    inDoubt: new Set([...inDoubt, ...doubtful]),
  }));
}

function namedIn(request: Request): number | null {
  switch (request.kind) {
    case 'newest':
    case 'requested':
      return request.keep;
    case 'others':
      return request.except;
    case 'lastUsed':
    case 'revoke':
      return null;
  }
}

function staying(
  request: Request,
  live: ReadonlySet<number>,
  inDoubt: ReadonlySet<number>,
  lastUsed: number,
): ReadonlySet<number> {
  const certain = [...live].filter((session) => !inDoubt.has(session));
  switch (request.kind) {
    case 'newest':
      return new Set(certain.length === 0 ? [] : [Math.max(...certain)]);
    case 'requested':
      return new Set([request.keep]);
    case 'others':
      return new Set([request.except]);
    case 'lastUsed':
      return new Set(certain.includes(lastUsed) ? [lastUsed] : certain.length === 0 ? [] : [Math.max(...certain)]);
    case 'revoke':
      return new Set([...live].filter((session) => session !== request.session));
  }
}

function subsets(items: readonly number[]): readonly (readonly number[])[] {
  return items.reduce<readonly (readonly number[])[]>(
    (found, item) => found.flatMap((subset) => [subset, [...subset, item]]),
    [[]],
  );
}

function same(a: ReadonlySet<number>, b: ReadonlySet<number>): boolean {
  return a.size === b.size && [...a].every((item) => b.has(item));
}
