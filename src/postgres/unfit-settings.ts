import type pg from 'pg';

interface SettingsRow {
  readonly name: string;
  readonly encoding: string;
  readonly isolation: string;
}

/** Encodings that hold every text: SQL_ASCII keeps the bytes that it is given. */
const encodings = ['UTF8', 'SQL_ASCII'];

/** What is to be mended in the settings of a database, with which replicas could not keep what they promise. */
export async function unfitSettings(client: pg.Client): Promise<readonly string[]> {
  const { rows } = await client.query<SettingsRow>(
    `select current_database() as name, current_setting('server_encoding') as encoding,
      current_setting('default_transaction_isolation') as isolation`,
  );
  return rows.flatMap(({ name, encoding, isolation }) => {
    const found: string[] = [];
    if (!encodings.includes(encoding)) {
      found.push(
        `The database ${name} is encoded in ${encoding}, which lacks characters of comments and names: what holds one would never be published. Make another one with ENCODING 'UTF8' TEMPLATE template0.`,
      );
    }
    // A function that has waited for a lock has to see what others did meanwhile.
    if (isolation !== 'read committed') {
      found.push(
        `The database ${name} begins transactions as ${isolation}, in which replicas do not see what others claim at the same moment, and could end all sessions of a user: ALTER DATABASE or ROLE … SET default_transaction_isolation = 'read committed'.`,
      );
    }
    return found;
  });
}
