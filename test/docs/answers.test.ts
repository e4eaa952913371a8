import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { texts } from '../../src/console/texts.js';
import { PolicyOutcome } from '../../src/graphql/schema/policy.enums.js';
import { root, textOf } from '../support/pages.js';

/** The first cells of the tables of a page, without marks of code. */
function firstCellsOf(page: string): readonly string[] {
  return [...textOf(page).matchAll(/^\| ([^|]+) \|/gm)].flatMap(([, cell = '']) =>
    cell.replaceAll('`', '').split(', '),
  );
}

it('the guide of the webhook names every status that a delivery is answered', () => {
  const statuses = [...textOf('src/http/webhook-route.ts').matchAll(/(?:answer\(.*, |return )(\d{3})\b/g)];
  expect(statuses.length).toBeGreaterThan(10);
  const answered = new Set(statuses.map(([, status = '']) => status));
  expect(firstCellsOf('docs/guides/connect-fusionauth-webhook.md')).toEqual(expect.arrayContaining([...answered]));
});

it('the guide to production names every warning of readiness, and the console explains it', () => {
  const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.startsWith('console/'))
    .map((path) => textOf(`src/${path}`));
  const given = sources.flatMap((text) =>
    [...text.matchAll(/\? (?:\[\] : )?\['([A-Z_]+)'\]/g)].map(([, code]) => code),
  );
  expect(given.length).toBeGreaterThan(3);
  expect(Object.keys(texts.setUp.warningTexts)).toEqual(expect.arrayContaining(given));
  expect(firstCellsOf('docs/guides/production.md')).toEqual(expect.arrayContaining(given));
});

it('the guide for other languages says what each outcome of a policy stands for', () => {
  const guide = textOf('docs/guides/other-languages.md');
  expect(Object.keys(PolicyOutcome).filter((name) => !guide.includes(`\`${name}\``))).toEqual([]);
});
