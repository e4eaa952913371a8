const unexplained = 'Not yet explained by a profile.';

/** What stands in the way of the targets, found with `node --cpu-prof` and by counting calls, or that this is not known. Shown where one is missed. */
export const obstacles = {
  list: 'Measured piece by piece, reading, checking, mapping and writing 50 sessions takes no longer here (175 µs) than in the bare handler (200 µs, a third of it instants as text). What it leaves out are credentials, rate, price and limits of each operation and the pipeline of Apollo Server, some 90 µs, and the rest is garbage: an operation that waits for FusionAuth holds some 24 kB of small objects, the bare handler hardly any, and with 32 of them side by side a collection copies 70 to 85 kB for each list, where the handler has 5 kB. See docs/explanation/performance.md.',
  enforce:
    'No wait and no round trip, as the instants of each step show: it is the hop over HTTP and some 150 µs of work before the list, between list and deletions, and after them, which take three times as long in a process that slept through 5 ms of waiting, its code and data out of the caches. Bare undici runs within the process that measures, and has neither the hop nor the work. See docs/explanation/performance.md.',
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
