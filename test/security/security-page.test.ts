import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.js';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('SECURITY.md', root), 'utf8');
const found = (pattern: RegExp) => [...new Set(page.match(pattern))];

describe('SECURITY.md', () => {
  it('names tests that exist', () => {
    const tests = found(/test\/[\w./-]+\.test\.ts/g);
    expect(tests.length).toBeGreaterThan(15);
    expect(tests.filter((path) => !existsSync(new URL(path, root)))).toEqual([]);
  });

  it('names variables that exist', () => {
    const names = found(/(?<=`)[A-Z]+(?:_[A-Z]+)+(?=[=`])/g).filter((name) => !reasons.includes(name));
    expect(names.length).toBeGreaterThan(5);
    expect(names.filter((name) => !(name in environment.shape))).toEqual([]);
  });
});

/** Values of the API, which look like variables. */
const reasons = ['ACCOUNT_DISABLED'];
