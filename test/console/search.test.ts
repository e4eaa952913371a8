import { describe, expect, it } from 'vitest';
import { holdsToken, isSearchable, soughtIn } from '../../src/console/state/search.js';

const id = '393fd204-59dd-43fb-b4d0-aab2961e2f0d';
const other = 'b0000000-0000-4000-8000-000000000001';

function tokenWith(claims: object): string {
  const part = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${part({ alg: 'RS256', kid: 'abc' })}.${part(claims)}.c2lnbmF0dXJl`;
}

describe('what somebody looks for', () => {
  it.each([`{${id}}`, `"${id}"`, ` ${id}\r\n`, `sid: ${id}`, `"sid":"${id}",`, `sessionId=${id}.`, `urn:uuid:${id}`])(
    'is the id in %j',
    (text) => expect(soughtIn(text)).toBe(id),
  );

  it.each(['Pat Poole <pat+a@example.com>', '<pat+a@example.com>', 'mailto:pat+a@example.com?subject=Hi'])(
    'is the address in %j',
    (text) => expect(soughtIn(text)).toBe('pat+a@example.com'),
  );

  it.each([`user-${id}@example.com`, `${id}@example.com`, `${id} ${other}`, 'a < b', '"Pat" * : \\', 'eyJay Jones'])(
    'is the text %j as it is',
    (text) => expect(soughtIn(`  ${text} `)).toBe(text),
  );

  it('is the session of a token, or else its user, and never the token', () => {
    const named = tokenWith({ sid: id, sub: other, name: 'Łukasz ﷽?>~' });
    for (const text of [named, `Bearer ${named}`, `"access_token":"${named}"`, named.replace(/\.[^.]*$/, '')]) {
      expect(soughtIn(text)).toBe(id);
    }
    expect(soughtIn(tokenWith({ sub: other }))).toBe(other);
    for (const text of [tokenWith({ sid: 'x' }), named.slice(0, 60), `${named.slice(0, 40)}..a.b.c`, tokenWith([])]) {
      expect(holdsToken(text)).toBe(true);
      expect(isSearchable(soughtIn(text))).toBe(false);
    }
  });
});
