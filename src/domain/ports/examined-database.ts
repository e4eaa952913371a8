/** The properties of a database that the service depends on. */
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
  /** What is to be mended in its settings, with which replicas could not keep what they promise. */
  readonly unfitSettings: readonly string[];
  readonly hasSchema: boolean;
  /** Whether the role may create the schema where it is missing, or else use it and create the tables that it lacks. */
  readonly mayMigrate: boolean;
  /** Tables whose rows the role may not read and change. */
  readonly forbiddenTables: readonly string[];
  /** Migrations that this version of the program has and the schema lacks, and the other way round. */
  readonly pendingMigrations: number;
  readonly newerMigrations: readonly string[];
  /** How many replicas have reported within the last seconds; null where the tables are missing. */
  readonly replicas: number | null;
  readonly maxConnections: number;
  readonly usedConnections: number;
}
