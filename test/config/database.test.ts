import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.js';

describe('a database', () => {
  it.each([
    ['postgres://u:p@127.0.0.1:5432/db', 'off'],
    ['postgres://u:p@localhost/db', 'off'],
    ['postgres://u:p@[::1]:5432/db', 'off'],
    ['postgres://u:p@%2Fvar%2Frun%2Fpostgresql/db', 'off'],
    ['postgres://u:p@db.example.com/db', 'verified'],
    ['postgres://u:p@[fd00::1]/db', 'verified'],
  ])('is called without TLS on this machine, its sockets included, and else with it: %s', (DATABASE_URL, tls) => {
    const parsed = parseConfig({ DATABASE_URL });
    expect(parsed.ok && parsed.config.database?.tls).toBe(tls);
  });

  it('keeps its tables in no schema that PostgreSQL keeps for itself', () => {
    const parsed = parseConfig({ DATABASE_URL: 'postgres://u:p@db/sessions', DATABASE_SCHEMA: 'pg_sessions' });
    expect(parsed.ok ? [] : parsed.problems).toEqual([
      expect.stringMatching(/^DATABASE_SCHEMA: must be .* nor with pg_/),
    ]);
  });

  it.each([
    ['postgres://u:p%20q%23%C3%A9@db/d%20b%C3%A9', true],
    ['postgres://u:100%@db/d%25b', true],
    ['postgres://u:p%E9@db/sessions', false],
    ['postgres://u:p%00q@db/sessions', false],
    ['postgres://u%00:p@db/sessions', false],
    ['postgres://u:p@db/sessions%00', false],
    ['postgres://u:p@db/a%23b', false],
    ['postgres://u:p@db/a%2Fb', false],
  ])('whose names pg would read as others is refused: %s', (DATABASE_URL, isRead) => {
    const parsed = parseConfig({ DATABASE_URL });
    expect(parsed.ok ? [] : parsed.problems).toEqual(
      isRead ? [] : [expect.stringMatching(/^DATABASE_URL: holds an escape that cannot be read/)],
    );
  });
});
