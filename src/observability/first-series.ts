import type { Counter } from 'prom-client';
import { initiatingEntityOf, type SessionEndReason } from '../domain/ended-session.js';
import type { FusionAuthEvent } from '../domain/fusionauth-event.js';
import type { DeliveryOutcome } from '../webhook/webhook-receiver.js';
import { failureKinds } from './failure-kind.js';

const lossCauses = [
  'forgotten',
  'epoch',
  'below',
  'hole',
  'failed',
  'unread',
  'undecodable',
  'stale',
  'future',
  'busy',
  'unanswered',
];

const breakReasons = ['outage', 'epoch', 'below', 'hole'];

const deliveryRefusals = ['credentials', 'header', 'signature', 'keysUnavailable'];

/** Why sessions end. */
export const endReasons = keysOf({
  USER_LOGOUT: true,
  USER_REQUEST: true,
  ADMIN_REQUEST: true,
  SINGLE_SESSION_POLICY: true,
  SESSION_LIMIT_EXCEEDED: true,
  CREDENTIAL_CHANGED: true,
  ACCOUNT_DISABLED: true,
  SUSPECTED_COMPROMISE: true,
  INCIDENT_RESPONSE: true,
  OTHER: true,
} satisfies Record<SessionEndReason, true>);

/** The kinds of events that FusionAuth reports. */
export const eventKinds = keysOf({
  sessionRevoked: true,
  userRevoked: true,
  applicationRevoked: true,
  sessionRefreshed: true,
  userSignedIn: true,
  userRegistered: true,
  userDeactivated: true,
  userDeleted: true,
  passwordChanged: true,
} satisfies Record<FusionAuthEvent['kind'], true>);

/** The status of deliveries that are not taken; null for others, and `event` says whether one could be read. */
const notTaken = Object.entries({
  undecodable: { status: 400, event: false },
  forged: { status: 401, event: false },
  stale: { status: 400, event: true },
  future: { status: 400, event: true },
  failed: { status: 503, event: true },
  late: { status: 503, event: true },
  busy: { status: 503, event: true },
  handled: null,
  duplicate: null,
  ignored: null,
  denied: null,
} satisfies Record<DeliveryOutcome['kind'], { readonly status: number; readonly event: boolean } | null>);

/** The counters of `Metrics` that begin at 0. */
type CountersOfBursts = Readonly<
  Record<
    | 'completenessMoves'
    | 'deliveries'
    | 'deliveriesRefused'
    | 'endings'
    | 'failures'
    | 'feedBreaks'
    | 'subscriptionsCutOff',
    Pick<Counter, 'inc'>
  >
>;

/**
 * Has counters begin at 0 where an alert looks for bursts. For Prometheus, a series that begins with its first burst
 * has not increased.
 */
export function beginWithNought(metrics: CountersOfBursts): void {
  for (const kind of failureKinds) metrics.failures.inc({ kind }, 0);
  for (const cause of lossCauses) metrics.completenessMoves.inc({ cause }, 0);
  for (const reason of breakReasons) metrics.feedBreaks.inc({ reason }, 0);
  for (const reason of deliveryRefusals) metrics.deliveriesRefused.inc({ reason }, 0);
  for (const cause of ['overflow', 'unread']) metrics.subscriptionsCutOff.inc({ cause }, 0);
  for (const reason of endReasons) {
    metrics.endings.inc({ reason, outcome: 'failed', initiator: initiatingEntityOf(reason) }, 0);
  }
  for (const [outcome, way] of notTaken) {
    if (way === null) continue;
    const { status } = way;
    for (const event of way.event ? eventKinds : ['']) metrics.deliveries.inc({ event, outcome, status }, 0);
  }
}

function keysOf<Key extends string>(record: Record<Key, true>): readonly Key[] {
  return Object.keys(record) as Key[];
}
