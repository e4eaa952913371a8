import { readdirSync, readFileSync } from 'node:fs';

export const root = new URL('../../', import.meta.url);

/** Every Markdown file of the repository, as paths from its root. */
export const pages: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['bench', 'docs', 'examples', 'src', 'test'].flatMap((folder) =>
    readdirSync(new URL(`${folder}/`, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
      .map((path) => `${folder}/${path}`),
  ),
];

export function textOf(page: string): string {
  return readFileSync(new URL(page, root), 'utf8');
}

/** The text without blocks and spans of code, which hold no links and no headings. */
export function proseOf(page: string): string {
  return textOf(page)
    .replace(/^```.*?^```$/gms, '')
    .replace(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]()#]/g, ' '));
}
