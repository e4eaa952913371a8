/** How much is measured. The whole run stays below ten minutes on two cores. */
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
  warmUpEnforcements: 1_000,
  adminPages: 3,
  stormRounds: 3,
  stormUsers: 150,
  callSeconds: 1,
  subscribers: 1_000,
  fanOutEvents: 30,
  fanOutWarmUp: 20,
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
  callSeconds: 0.3,
  subscribers: 50,
  fanOutEvents: 4,
  fanOutWarmUp: 2,
  soakSlices: 3,
  soakSliceSeconds: 0.5,
};
