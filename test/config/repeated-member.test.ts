import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/config.js';
import { hasRepeatedMember } from '../../src/config/repeated-member.js';

describe('a member that is named twice', () => {
  it.each([
    '{"a":1,"a":2}',
    '{"a":1,"\\u0061":2}',
    '[{"b":{"a":[{}],"a":1}}]',
    '{"a":{"x":1},"b":2, "a" : 3}',
    '{"":1,"":2}',
    '{"a\\"b":1,"a\\"b":2}',
  ])('is found in %s', (json) => {
    expect(hasRepeatedMember(json)).toBe(true);
  });

  it.each(['[{"a":1},{"a":1}]', '{"a":{"a":{"a":"a"}}}', '{"a":"\\"a\\":","b":"{\\"a\\":1"}', '"{"', '7'])(
    'is not seen in %s',
    (json) => {
      expect(hasRepeatedMember(json)).toBe(false);
    },
  );

  it('is in nothing that was written from values', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => !hasRepeatedMember(JSON.stringify(value, null, 1))));
  });

  it('is a problem of the variable that holds it, and none of its text is repeated', () => {
    const sha256 = '0'.repeat(64);
    const SERVICE_KEYS = `[{"name":"shop","sha256":"${sha256}","permissions":["session:read"],"permissions":["session:revoke"]}]`;
    const parsed = parseConfig({ SERVICE_KEYS, FUSIONAUTH_URL: 'http://localhost:9011', FUSIONAUTH_API_KEY: 'key' });
    expect(parsed).toMatchObject({
      ok: false,
      problems: [expect.stringMatching(/^SERVICE_KEYS: must name each member of an object once$/)],
    });
  });
});
