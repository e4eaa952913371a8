import type { ConsoleLimitsQuery } from '../../operations/operations.js';
import { ConsoleLimits } from '../api/documents.js';
import { typeInWords } from '../names.js';
import { Notice } from '../parts/notice.js';
import { useQuery } from '../state/query.js';
import { may, useViewer } from '../state/viewer.js';
import { texts } from '../texts.js';

/** How many sessions of a user may live, by a rule of the session policy. */
export type Limit = NonNullable<ConsoleLimitsQuery['sessionPolicy']>['limits'][number];

const t = texts.limits;

/** The limits of a user; none where the person may not know them. */
export function useLimits(userId: string): { readonly limits: readonly Limit[]; readonly refetch: () => void } {
  const viewer = useViewer();
  const isPermitted = may(viewer, 'policy:read') && may(viewer, 'session:read');
  const { data, refetch } = useQuery(ConsoleLimits, isPermitted ? { userId } : null);
  return { limits: data?.sessionPolicy?.limits ?? [], refetch };
}

/** Whether the rule itself ends what is above it. */
function ends({ mode, overflow }: Limit): boolean {
  return mode === 'ENFORCE' && (overflow === 'END_OLDEST' || overflow === 'END_LEAST_RECENTLY_USED');
}

/** The limit that each session is above, by the id of the session. */
export function limitsBySession(limits: readonly Limit[]): ReadonlyMap<string, Limit> {
  return new Map(limits.flatMap((limit) => limit.surplusSessionIds.map((id) => [id, limit] as const)));
}

export function limitBadge(limit: Limit): string {
  return ends(limit) ? texts.sessions.badges.ends : texts.sessions.badges.limit;
}

export function LimitFacts({ limits }: { readonly limits: readonly Limit[] }) {
  return (
    <ul class="limits">
      {limits.map(({ rule, maxSessions, scope, deviceTypes, surplusSessionIds }) => (
        <li key={rule}>
          {t.atMost(maxSessions, (deviceTypes ?? []).map(deviceWord), scope === 'PER_APPLICATION')}{' '}
          <span class="second">{t.byRule(rule, surplusSessionIds.length)}</span>
        </li>
      ))}
    </ul>
  );
}

function deviceWord(type: string): string {
  return typeInWords(type)?.toLowerCase() ?? type;
}

/** Which limits the user is above, and what that means. */
export function LimitNotice({ limits }: { readonly limits: readonly Limit[] }) {
  const exceeded = limits.filter(({ surplusSessionIds }) => surplusSessionIds.length > 0);
  if (exceeded.length === 0) return null;
  return (
    <Notice kind="warning">
      {exceeded.map((limit) => (
        <p key={limit.rule}>
          {t.over(limit.surplusSessionIds.length, limit.rule)}{' '}
          {limit.mode === 'OBSERVE' ? t.observes : ends(limit) ? t.ends : t.asks}
        </p>
      ))}
    </Notice>
  );
}
