/** What stands in the way of the targets, found with `node --cpu-prof` and by counting calls. Shown where one is missed. */
export const obstacles = {
  list: 'The largest parts of the CPU time of a list are graphql-js, which resolves 50 × 15 fields one by one, and collecting the garbage that this leaves; REST handlers and the compiled queries of mercurius have little of either. `--max-semi-space-size=64` saves most of the collecting, for every GraphQL server alike.',
  enforce:
    'The hop over HTTP to the service and its GraphQL layer. Without a delay, several deletions also take the emulator longer than one, as the column of bare undici shows.',
  adminPage:
    'FusionAuth has no call that lists the sessions of several users, so a page of 100 users costs at least 100 calls. The ratio grows with the sessions that each user has.',
  storm: 'A defect: this must never be missed.',
  soak: 'Something is kept that is done with, or the run was too short for the heap to settle.',
} as const;
