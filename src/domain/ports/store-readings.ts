/** Readings of the stores of this process at this moment, for operators. */
export interface StoreReadings {
  /** The most events that wait to be read by one subscriber. */
  readonly waitingEvents: number;
  /**
   * How long ago this process had read everything that replicas published, in milliseconds: as a rule a second at most,
   * and 0 where no other replica publishes.
   */
  readonly feedLagMs: number;
  /** Null without a database. */
  readonly database: DatabaseReadings | null;
}

export interface DatabaseReadings {
  readonly isAvailable: boolean;
  /** Connections for statements that are open. */
  readonly open: number;
  /** Those of them that nobody uses. */
  readonly idle: number;
  /** Statements that wait for a connection. */
  readonly awaited: number;
}
