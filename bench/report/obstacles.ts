const unexplained = 'Not yet explained by a profile.';

/** What stands in the way of the targets, found with `node --cpu-prof` and by counting calls, or that this is not known. Shown where one is missed. */
export const obstacles = {
  list: 'About half of the CPU time of a list goes into what every server here does: JSON in and out, and the sockets. The rest is what a bare handler leaves out: looking at credentials, rate and cost of each request, the pipeline of Apollo Server around the compiled query, decoding each session before it is trusted, and collecting the garbage of all that. Executing the query is 3 % of it.',
  enforce:
    'The hop over HTTP to the service and its GraphQL layer. It costs a millisecond while the service is busy; here users come one at a time, and a process that has been idle takes three times as long to answer anything, also a query that calls nothing. Several deletions also take the emulator longer than one, as the column of bare undici shows.',
  startUp: unexplained,
  database: unexplained,
  fanOut: unexplained,
  replicas: unexplained,
  accessTokens: unexplained,
  guard:
    'A profile shows no function of the guard above 0.3 % of the CPU time: what is left are four ids read from fresh claims, six readings of clocks, and one promise. The ratio scatters by some per cent on a busy machine.',
  deletion:
    'Of an enforcement that ends ten sessions, a profile showed garbage and the compiler at 26 %, calls to FusionAuth and their sockets at 21 %, and no other part above 11 %.',
  growth: 'Two sizes scatter by some per cent in one run: repeat the scenario by its name before looking for a cause.',
  adminPage:
    'FusionAuth has no call that lists the sessions of several users, so a page of 100 users costs at least 100 calls. The ratio grows with the sessions that each user has.',
  storm: 'A defect: this must never be missed.',
  soak: 'Something is kept that is done with, or the run was too short for the heap to settle.',
} as const;
