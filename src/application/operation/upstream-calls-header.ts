/** The header of a request; with `count`, the answer says how many calls to FusionAuth were made for it. */
export const upstreamCallsHeader = 'x-upstream-calls';
