import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { buildSchema } from 'graphql';
import { describe, expect, it } from 'vitest';
import { environment } from '../src/config/environment.js';
import { loadConfig } from '../src/config/load-config.js';
import { variableReference } from '../src/config/variable-reference.js';
import { startDemoFusionAuth } from '../src/emulator/demo.js';
import { createService } from '../src/server.js';
import { pages, textOf } from './support/pages.js';

const run = promisify(execFile);

/** The names of the examples of each page, in the order in which a reader pastes them. */
const examplesOf = {
  'README.md': ['sign-in', 'list', 'enforce'],
  'docs/guides/after-login.md': ['revoke'],
};

describe('the README and the guides', () => {
  it.each(Object.entries(examplesOf))(
    '%s shows requests that get the answers it shows, in the order it shows them, in a terminal that knows nothing',
    async (page, names) => {
      const text = textOf(page);
      const examples = [...text.matchAll(/<!-- example: ([\w-]+) -->\n```sh\n(.*?)```\n(?:\n```json\n(.*?)```)?/gs)];
      expect(examples.map(([, name]) => name)).toEqual(names);

      const parsed = await loadConfig({ PORT: '0', LOG_LEVEL: 'silent' });
      if (!parsed.ok) throw new Error(parsed.problems.join());
      await using fusionAuth = await startDemoFusionAuth(0, parsed.secrets.fusionAuthApiKey);
      await using service = await createService({ ...parsed, fusionAuthUrl: fusionAuth.url });

      const shownIds = new Map<string, string>();
      const gotIds = new Map<string, string>();
      for (const [, , request = '', answer] of examples) {
        const command = request
          .replaceAll('http://127.0.0.1:9011', fusionAuth.url)
          .replaceAll('http://127.0.0.1:4000', service.url);
        const { stdout } = await run('bash', ['-c', command], { env: { PATH: process.env['PATH'] } });
        const got: unknown = JSON.parse(stdout);
        if (answer !== undefined) expect(comparable(got, gotIds)).toEqual(comparable(JSON.parse(answer), shownIds));
      }
    },
  );

  it('hold no leftover of a merge', () => {
    expect(pages.filter((page) => /^(<{7}|={7}|>{7})( |$)/m.test(textOf(page)))).toEqual([]);
  });

  it('have an example wherever a page marks one', () => {
    const marked = pages.filter((page) => textOf(page).includes('<!-- example: '));
    expect(marked.toSorted()).toEqual(Object.keys(examplesOf).toSorted());
  });

  it('lead to a reference of every variable as the configuration reads it, which npm run docs writes', () => {
    const reference = textOf('docs/reference/configuration.md');
    const variables = variableReference().flatMap((group) => group.variables);
    expect(variables.map(({ name }) => name).toSorted()).toEqual(Object.keys(environment.shape).toSorted());
    const rows = variables.map(
      ({ name, meaning, absent, values }) => `| \`${name}\` | ${meaning} | ${absent} | ${values} |`,
    );
    expect(rows.filter((row) => !reference.includes(row))).toEqual([]);
  });

  it('lead to a reference of every field of the schema with its description, which npm run docs writes', () => {
    const reference = textOf('docs/reference/operations.md');
    const types = Object.values(buildSchema(textOf('schema.graphql')).getTypeMap()).filter(
      ({ name }) => !name.startsWith('__'),
    );
    const fields = types.flatMap((type) => ('getFields' in type ? Object.values(type.getFields()) : []));
    expect(fields.length).toBeGreaterThan(50);
    const missing = fields.filter(({ description }) => !unfolded(reference).includes(unfolded(description ?? 'none')));
    expect(missing.map(({ name }) => name)).toEqual([]);
  });

  it('lead to a page that gives the reason of every runtime dependency', () => {
    const page = textOf('docs/explanation/architecture.md');
    const manifest: { dependencies: Record<string, string> } = JSON.parse(textOf('package.json'));
    expect(Object.keys(manifest.dependencies).filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });
});

/** The same text in a paragraph and in the cell of a table. */
function unfolded(text: string): string {
  return text.replaceAll('\\|', '|').replace(/\s+/g, ' ');
}

/** Instants differ from run to run. So do ids other than those of the demo data, but the same stays the same. */
function comparable(value: unknown, ids: Map<string, string>): unknown {
  const text = JSON.stringify(value)
    .replace(/\d{4}-\d{2}-\d{2}T[\d:.]+Z/g, '<instant>')
    // A slow run can meet the next interval of the rate limit.
    .replace(/"remainingPoints":\d+/, '"remainingPoints":0')
    .replace(/"id":"((?![abc]0000000-)[0-9a-f-]{36})"/g, (_match, id: string) => {
      const name = ids.get(id) ?? `<new session ${ids.size + 1}>`;
      ids.set(id, name);
      return `"id":"${name}"`;
    });
  return JSON.parse(text);
}
