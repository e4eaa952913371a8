/** How much is measured. The whole run is meant to stay below nine minutes on two cores. */
export interface BenchSettings {
  readonly startUpRounds: number;
  /** Delays that the emulated FusionAuth adds to each call, in milliseconds. */
  readonly latenciesMs: readonly number[];
  readonly warmUpLists: number;
  readonly warmUpMaxSeconds: number;
  readonly listSeconds: number;
  readonly delayedListSeconds: number;
  /** Without a delay, where processing is what counts. */
  readonly listRounds: number;
  /** With a delay, where waiting is what counts. */
  readonly delayedListRounds: number;
  readonly surplusSessions: readonly number[];
  /** Logins for each number of surplus sessions, way and delay. */
  readonly enforcements: number;
  /** By the service, and as many by the code it is compared with. */
  readonly warmUpEnforcements: number;
  readonly adminPages: number;
  readonly stormRounds: number;
  readonly stormUsers: number;
  readonly callSeconds: number;
  readonly subscribers: number;
  readonly fanOutEvents: number;
  readonly fanOutWarmUp: number;
  /** Of comparisons of the service with itself, where something is switched on, or there is more of it. */
  readonly comparisonRounds: number;
  readonly comparisonWarmUp: number;
  /** Of each side in each round: of operations that only read, and of those that end sessions. */
  readonly comparedReads: number;
  readonly comparedWrites: number;
  readonly eventsPerSecond: number;
  readonly eventSeconds: number;
  readonly guardRounds: number;
  readonly soakSlices: number;
  readonly soakSliceSeconds: number;
}

export const fullRun: BenchSettings = {
  startUpRounds: 3,
  latenciesMs: [0, 5, 20],
  warmUpLists: 2_500,
  warmUpMaxSeconds: 6,
  listSeconds: 1.3,
  delayedListSeconds: 1,
  listRounds: 5,
  delayedListRounds: 3,
  surplusSessions: [1, 2, 5, 10, 25],
  enforcements: 12,
  warmUpEnforcements: 4_000,
  adminPages: 3,
  stormRounds: 3,
  stormUsers: 150,
  callSeconds: 1,
  subscribers: 1_000,
  fanOutEvents: 30,
  fanOutWarmUp: 20,
  comparisonRounds: 5,
  comparisonWarmUp: 600,
  comparedReads: 300,
  comparedWrites: 40,
  eventsPerSecond: 1_000,
  eventSeconds: 4,
  guardRounds: 20,
  soakSlices: 6,
  soakSliceSeconds: 4,
};

/** For trying out changes of the benchmark: its figures mean little. */
export const quickRun: BenchSettings = {
  ...fullRun,
  startUpRounds: 1,
  latenciesMs: [0, 5],
  warmUpLists: 100,
  listSeconds: 0.5,
  delayedListSeconds: 0.5,
  listRounds: 1,
  delayedListRounds: 1,
  enforcements: 4,
  warmUpEnforcements: 50,
  adminPages: 1,
  stormRounds: 1,
  stormUsers: 30,
  callSeconds: 0.5,
  subscribers: 50,
  fanOutEvents: 4,
  fanOutWarmUp: 2,
  comparisonRounds: 2,
  comparisonWarmUp: 20,
  comparedReads: 30,
  comparedWrites: 6,
  eventsPerSecond: 100,
  eventSeconds: 1,
  guardRounds: 1,
  soakSlices: 3,
  soakSliceSeconds: 0.5,
};
