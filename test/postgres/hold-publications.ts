import pg from 'pg';

/** Keeps everything that is published waiting, until its connection ends. */
export async function holdPublications(databaseUrl: string): Promise<pg.Client> {
  const holder = new pg.Client({ connectionString: databaseUrl });
  await holder.connect();
  await holder.query('begin');
  await holder.query('select from fusionauth_sessions.log_head for update');
  return holder;
}
