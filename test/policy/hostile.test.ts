import { it } from 'vitest';
import { parsePolicyText } from '../../src/policy/parse-policy.js';

const n = 64_000;
const texts: Record<string, string> = {
  brackets: '['.repeat(n),
  dashes: '- '.repeat(n / 2),
  maps: 'a: '.repeat(n / 3),
  indents: Array.from({ length: 700 }, (_, i) => ' '.repeat(i) + 'a:').join('\n'),
  balanced: '['.repeat(n / 2) + ']'.repeat(n / 2),
  anchors: '&a '.repeat(n / 3),
  quest: '? '.repeat(n / 2),
  quotes: '"'.repeat(n),
  pipes: 'a: |\n'.repeat(n / 5),
  bang: '!!x '.repeat(n / 4),
  tags: '%TAG ! x\n'.repeat(n / 9),
  docs: '---\n'.repeat(n / 4),
  commas: '[' + ','.repeat(n - 2) + ']',
  flowmap: '{' + 'a,'.repeat(n / 2) + '}',
  dupkeys: 'a: 1\n'.repeat(n / 5),
  keys: Array.from({ length: 6_000 }, (_, i) => `k${i}: 1`).join('\n'),
  longkey: 'a'.repeat(n) + ': 1',
  tabs: '\t'.repeat(n),
  comments: '#\n'.repeat(n / 2),
  items: '- a\n'.repeat(n / 4),
  backslash: '"' + '\\u0041'.repeat(n / 6) + '"',
  merge: '<<: {a: 1}\n'.repeat(n / 12),
  rules: 'version: 1\nmode: observe\nrules:\n' + '- {name: A}\n'.repeat(3000),
};
it.each(Object.entries(texts))(
  '%s',
  (name, text) => {
    const t = performance.now();
    let r: unknown;
    try {
      r = parsePolicyText(text);
    } catch (e) {
      r = `THROWN ${e}`;
    }
    console.log(name, Math.round(performance.now() - t), JSON.stringify(r).slice(0, 150));
  },
  60_000,
);
