/**
 * The causes for which the policy is enforced for a user. Each trigger misses something that another one sees; all lead
 * to the same enforcement.
 */
export const policyTriggers = [
  /** A service called `enforcePolicy`. */
  'call',
  /** FusionAuth reported a sign-in, whose session does not exist yet. */
  'signIn',
  /** FusionAuth reported a registration, which may be the start of a session. */
  'registration',
  /** FusionAuth reported an exchange of a session that was not known. */
  'refresh',
  /** A resource server met a session that was not known. */
  'firstSight',
  /** FusionAuth's login records, or an earlier run, name the user. */
  'sweep',
] as const;

export type PolicyTrigger = (typeof policyTriggers)[number];

/**
 * `live`: somebody has just signed in. `background`: a sign-in may have been missed. There can be as many of the latter
 * as there are users, so they wait behind the others.
 */
export type PolicyLane = 'live' | 'background';

export const laneOf: Readonly<Record<PolicyTrigger, PolicyLane>> = {
  call: 'live',
  signIn: 'live',
  registration: 'live',
  refresh: 'background',
  firstSight: 'background',
  sweep: 'background',
};
