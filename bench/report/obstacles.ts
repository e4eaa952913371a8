/** What stands in the way of the targets, found with `node --cpu-prof` and by counting calls. Shown where one is missed. */
export const obstacles = {
  list: 'About half of the CPU time of a list goes into what every server here does: JSON in and out, and the sockets. The rest is what a bare handler leaves out: looking at credentials, rate and cost of each request, the pipeline of Apollo Server around the compiled query, decoding each session before it is trusted, and collecting the garbage of all that. Executing the query is 3 % of it.',
  enforce:
    'The hop over HTTP to the service and its GraphQL layer. It costs a millisecond while the service is busy; here users come one at a time, and a process that has been idle takes three times as long to answer anything, also a query that calls nothing. Several deletions also take the emulator longer than one, as the column of bare undici shows.',
  startUp: 'Not yet found by a profile of a start.',
  database: 'An ending is published by a write of its own, which others see; the claim of an enforcement is another.',
  fanOut: 'All subscribers are read by the process that measures, on the same cores: it competes with the service.',
  replicas: 'Reports beyond what the service accepts at once are answered with 503, and FusionAuth repeats them.',
  accessTokens: 'The session of a token, its permissions and whether it has ended are looked up at each call.',
  guard: 'Look-ups in a map of a million entries miss the caches of the processor.',
  growth: 'Two sizes scatter by some per cent in one run: repeat the scenario by its name before looking for a cause.',
  adminPage:
    'FusionAuth has no call that lists the sessions of several users, so a page of 100 users costs at least 100 calls. The ratio grows with the sessions that each user has.',
  storm: 'A defect: this must never be missed.',
  soak: 'Something is kept that is done with, or the run was too short for the heap to settle.',
} as const;
