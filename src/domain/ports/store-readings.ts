/** How it is with the stores of this process at the moment, for those who run the service. */
export interface StoreReadings {
  /** The most events that wait to be read by one subscriber. */
  readonly waitingEvents: number;
  /**
   * How long ago all that replicas have published was read, in milliseconds: about a second at most, as a rule; 0 where
   * no other replica publishes.
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
