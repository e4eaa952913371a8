/** How a database is, as far as the service depends on it. */
export interface ExaminedDatabase {
  /** Such as 170004. */
  readonly versionNumber: number;
  /** The middle one of several round trips. */
  readonly latencyMs: number;
  /** How far its clock is ahead of this machine's. */
  readonly clockAheadMs: number;
  /** Whether it takes no writes: it is a standby, or was told so. */
  readonly isReadOnly: boolean;
  readonly isStandby: boolean;
  /** Which incarnation of the server it is; null where it does not say. */
  readonly timeline: string | null;
  readonly hasSchema: boolean;
  /** Whether the role may do what is asked: make the schema where it is missing, else use it and make tables in it. */
  readonly mayMigrate: boolean;
  /** Tables whose rows the role may not read and change. */
  readonly forbiddenTables: readonly string[];
  /** Migrations that this version of the program has and the schema lacks, and the other way round. */
  readonly pendingMigrations: number;
  readonly newerMigrations: readonly string[];
  /** Replicas of the service that were there within the last seconds; null where the tables are missing. */
  readonly replicas: number | null;
  readonly maxConnections: number;
  readonly usedConnections: number;
}
