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
});
