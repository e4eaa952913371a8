import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { root, textOf } from '../support/pages.js';

const folder = new URL('scripts/proxies/', root);

it.each(readdirSync(folder))('the guide shows %s as it is tried', (file) => {
  expect(textOf('docs/guides/behind-a-proxy.md')).toContain(`\n${readFileSync(new URL(file, folder), 'utf8')}\`\`\`\n`);
});
