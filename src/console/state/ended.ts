export interface EndedItem {
  readonly sessionId: string;
  readonly applicationId: string | null;
  readonly accessTokensExpireBy: string | null;
}

interface FailedItem {
  readonly sessionId: string;
  readonly message: string;
}

/** What one call came to. */
export interface Ended {
  readonly ended: readonly EndedItem[];
  readonly alreadyEndedIds: readonly string[];
  readonly failures: readonly FailedItem[];
  /** Why nothing was attempted. */
  readonly refusals: readonly { readonly message: string; readonly field: readonly string[] | null }[];
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** Whether more sessions match. */
  readonly more: boolean;
}

export const nothing: Ended = {
  ended: [],
  alreadyEndedIds: [],
  failures: [],
  refusals: [],
  warnings: [],
  more: false,
};

/** The sessions that are known to be over. */
export function overIn({ ended, alreadyEndedIds }: Pick<Ended, 'ended' | 'alreadyEndedIds'>): ReadonlySet<string> {
  return new Set([...ended.map(({ sessionId }) => sessionId), ...alreadyEndedIds]);
}

/** Each session once, and each warning once. What failed at first and is over now has not failed. */
export function together(one: Ended, other: Ended): Ended {
  const bySession = <Item extends { readonly sessionId: string }>(items: readonly Item[]) => [
    ...new Map(items.map((item) => [item.sessionId, item])).values(),
  ];
  const warnings = new Map([...one.warnings, ...other.warnings].map((warning) => [warning.code, warning]));
  const ended = bySession([...one.ended, ...other.ended]);
  const alreadyEndedIds = [...new Set([...one.alreadyEndedIds, ...other.alreadyEndedIds])];
  const over = overIn({ ended, alreadyEndedIds });
  return {
    ended,
    alreadyEndedIds,
    failures: bySession([...one.failures, ...other.failures]).filter(({ sessionId }) => !over.has(sessionId)),
    refusals: [...one.refusals, ...other.refusals],
    warnings: [...warnings.values()],
    more: other.more,
  };
}
