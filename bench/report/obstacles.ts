/** What stands in the way of the targets, found with `node --cpu-prof` and by counting calls. Shown where one is missed. */
export const obstacles = {
  list: 'By a profile, parsing FusionAuth’s JSON and writing the answer’s are 28 % of the CPU time, and no slower than in the bare handler; reading, checking, mapping and counting sessions 23 %, Node.js with its sockets 20 %, credentials, rate, price, limits and Fastify 8 %, garbage 7 %, Apollo Server and graphql-js 5 %, undici 5 %. The bare handler does without most of it, but turns instants into text by toISOString, which takes it 70 µs. See docs/explanation/performance.md.',
  enforce:
    'No wait and no round trip, as the instants of each step show: it is the hop over HTTP and some 150 µs of work before the list, between list and deletions, and after them, which take three times as long in a process that slept through 5 ms of waiting, its code and data out of the caches. Bare undici runs within the process that measures, and has neither the hop nor the work. See docs/explanation/performance.md.',
  startUp:
    'Of the CPU time of a start, some 300 ms, a profile shows compiling at 30 %, garbage at 14 %, making the GraphQL schema and Apollo Server at 9 %, reading the configuration at 4 %, and no other part above 2 %. Node.js 22.1 and newer keep compiled code; Fastify, undici and the official client alone take three quarters of this start.',
  database:
    'By a profile of the service, an enforcement that ends one session takes 1.2 ms more of the main thread on a busy machine: 42 % of that is writing its two statements to their sockets, which wakes a process of PostgreSQL each time, 22 % collecting garbage, 18 % the client library of PostgreSQL, and no other part above 5 %. PostgreSQL itself takes 0.1 ms within a claim and 0.2 to 0.6 ms within a publication, by auto_explain. The next enforcement is sent at once, so the publication, which no answer waits for, delays the answer after it, on two cores that the emulator uses as well. See docs/explanation/performance.md.',
  fanOut:
    'A bare server of Node.js that writes the same bytes to 1,000 sockets takes 11 to 12 µs for each; a profile of the service shows no other part above a tenth. The events reach the sockets one after the other, so that the last one waits for all writes, and for the process that reads and measures.',
  replicas:
    'From the report to the subscriber there are two commits, a notification and a read, and 1,000 reports a second are checked, written and read by the same two cores as PostgreSQL and the emulator. p99 was 17 to 27 ms in runs without other work.',
  accessTokens:
    'A profile shows the form of the token, its SHA-256 and its look-up at 6 µs, what may have been revoked of it at 4 µs, and the rest in writing answers: those of users leave a few at a time, which wakes the reader more often than those of services, which leave together.',
  guard:
    'A profile shows no function of the guard above 0.3 % of the CPU time: what is left are four ids read from fresh claims, six readings of clocks, and one promise. The ratio scatters by some per cent on a busy machine.',
  deletion:
    'Of an enforcement that ends ten sessions, a profile showed garbage and the compiler at 26 %, calls to FusionAuth and their sockets at 21 %, and no other part above 11 %.',
  growth:
    'Of a list of 1,000 sessions, a profile shows collecting garbage at 30 % of the CPU time (24 % with 100 sessions), and the answer is counted and written in pieces, between which others have their turns, where one of 100 is written at once. The other rows compare sizes that scatter by some per cent in one run: repeat the scenario by its name before looking for a cause.',
  adminPage:
    'FusionAuth has no call that lists the sessions of several users, so a page of 100 users costs at least 100 calls. The ratio grows with the sessions that each user has.',
  stormCpu:
    'By a profile of version 26c6a38 under a storm, writing to sockets takes 13 % of the CPU time, garbage 11 %, and no function of the service more than 2 %. Commit 4c1cbb8 has no policies, history or claims between operations. Both were started with the same flags and the same emulator, and sent storms in turn: see docs/explanation/performance.md.',
  tests:
    'By the CPU time of all processes in a run of 6,535 tests: 535 seconds, so at least 268 on two cores, of which the tests and the services in their process take 51 %, Chromium 21 %, services of their own 6 %, PostgreSQL 2 %, and 20 % hundreds of short processes: builds, packages, other languages. The cores are busy for 80 % of the time; four workers in place of three take as long but for 10 seconds.',
  storm: 'A defect: this must never be missed.',
  soak: 'Something is kept that is done with, or the run was too short for the heap to settle.',
} as const;
