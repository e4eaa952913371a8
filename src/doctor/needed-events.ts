/** An event of FusionAuth that has to reach the service. */
export interface NeededEvent {
  readonly type: string;
  /** The effect of its absence: a clause. */
  readonly without: string;
  /** True where the service cannot keep what it promises without it. */
  readonly isEssential: boolean;
}

const always: readonly NeededEvent[] = [
  {
    type: 'jwt.refresh-token.revoke',
    without: 'sessions that end elsewhere are not noticed, and guards go on accepting their access tokens',
    isEssential: true,
  },
  {
    type: 'user.deactivate',
    without: 'access tokens of users who are deactivated are accepted until they expire',
    isEssential: true,
  },
  {
    type: 'user.delete',
    without: 'access tokens of users who are deleted are accepted until they expire',
    isEssential: true,
  },
  { type: 'jwt.refresh', without: 'nobody who follows events sees that a session goes on', isEssential: false },
  { type: 'user.login.success', without: 'nobody who follows events sees sign-ins', isEssential: false },
];

const forPolicy: readonly NeededEvent[] = [
  {
    type: 'user.login.success',
    without: 'the session policy is enforced after a sign-in only once the sweep finds it',
    isEssential: true,
  },
  {
    type: 'user.registration.create.complete',
    without: 'the session policy misses sessions that begin with a registration',
    isEssential: false,
  },
];

/** Where the service takes events. */
export const webhookPath = '/webhooks/fusionauth';

/** How to make a webhook with everything that is needed: a sentence or two. */
export function howToConnect(hasPolicy: boolean): string {
  return `Make a webhook under Settings > Webhooks with the URL of the service and ${webhookPath}, signed by an RSA or EC key, and switch on in it, and under Tenants > Webhooks with the transaction type None: ${neededTypes(hasPolicy)}.`;
}

/** The types of the events that are needed, as a list in a sentence. */
export function neededTypes(hasPolicy: boolean): string {
  return neededEvents(hasPolicy)
    .map(({ type }) => type)
    .join(', ');
}

/** The events that have to be switched on; with a session policy these are more. */
export function neededEvents(hasPolicy: boolean): readonly NeededEvent[] {
  if (!hasPolicy) return always;
  const own = new Set(forPolicy.map(({ type }) => type));
  return [...always.filter(({ type }) => !own.has(type)), ...forPolicy];
}
