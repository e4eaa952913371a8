import { describe, expect, it } from 'vitest';
import { maxPolicyBytes } from '../../src/policy/parse-policy.js';
import { parsePolicyText } from '../../src/policy/policy-text.js';

/** As many of it as a policy may be long. */
const filled = (text: string) => text.repeat(Math.floor(maxPolicyBytes / text.length));

/** An alias of a list of aliases, nine times: written out, a billion values. */
const laughs = [
  'a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]',
  ...Array.from({ length: 8 }, (_, index) => `a${index + 1}: &a${index + 1} [${`*a${index}, `.repeat(9)}*a${index}]`),
].join('\n');

describe('a text that no policy is', () => {
  it.each([
    ['a billion laughs', laughs, 'must not use aliases'],
    ['an alias of itself', 'rules: &rules [*rules]', 'must not use aliases'],
    [
      'more bytes than a policy may have',
      `# ${'x'.repeat(maxPolicyBytes)}`,
      `must have at most ${maxPolicyBytes} bytes`,
    ],
    ['brackets without end', filled('['), 'must nest at most 20 collections'],
    ['dashes without end', filled('- '), 'must nest at most 20 collections'],
    ['indents without end', Array.from({ length: 300 }, (_, n) => `${' '.repeat(n)}a:`).join('\n'), 'must nest'],
    ['quotes without end', filled('"'), 'is not YAML'],
    ['commas without end', `[${filled(',').slice(2)}]`, 'is not YAML'],
    ['anchors without end', filled('&a '), 'is not YAML'],
    ['one key again and again', filled('a: 1\n'), 'is here twice: a'],
    ['thousands of keys', Array.from({ length: 6_000 }, (_, n) => `k${n}: 1`).join('\n'), 'must be 1'],
    ['several documents', 'version: 1\n---\nversion: 1', 'must be one document'],
    ['a tag that the parser knows', 'version: !!int "1"', 'must not have a tag'],
    ['a tag of a collection', 'version: 1\nrules: !!seq []', 'must not have a tag'],
    ['a tag that makes objects', 'version: !!js/function "x"', 'is not YAML'],
    ['nothing', '', 'is empty'],
    ['a comment', '# nothing', 'is empty'],
    ['a text', 'observe', 'must be a mapping with version, mode and rules'],
    ['zeros', '\0\0\0', 'must be a mapping with version, mode and rules'],
  ])('%s is refused within bounds', (_what, text, message) => {
    const parsed = parsePolicyText(text);
    expect(parsed.ok).toBe(false);
    const problems = parsed.ok ? [] : parsed.problems;
    expect(problems.length).toBeLessThanOrEqual(50);
    expect(problems[0]?.message).toContain(message);
  });

  it('whose templates have not been filled in says so, and nothing on standard error', () => {
    const warnings: unknown[] = [];
    const onWarning = (warning: Error) => warnings.push(warning);
    process.on('warning', onWarning);
    const parsed = parsePolicyText('version: 1\nmode: observe\nrules:\n  - { name: a, allow: {{ .Values.limit }} }');
    process.off('warning', onWarning);
    expect(parsed).toMatchObject({ ok: false, problems: [{ line: 4, message: expect.stringContaining('templates') }] });
    expect(warnings).toEqual([]);
  });

  it('reaches no prototype', () => {
    const parsed = parsePolicyText('__proto__: { mode: enforce }\nconstructor: 1');
    expect(parsed.ok).toBe(false);
    expect(({} as Record<string, unknown>)['mode']).toBeUndefined();
  });
});
