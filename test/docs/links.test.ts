import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { pages, proseOf, root, textOf } from '../support/pages.js';

describe('the documentation', () => {
  it.each(pages)('%s links only to files and headings that exist', (page) => {
    const broken = linksOf(page).filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target =
        path === '' ? page : decodeURI(new URL(path, new URL(page, root)).pathname.slice(root.pathname.length));
      if (!existsSync(new URL(target, root))) return true;
      return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).includes(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('names only files and folders of the repository that exist', () => {
    const named = pages
      .filter((page) => page !== 'CHANGELOG.md')
      .flatMap(
        (page) => textOf(page).match(/(?<![\w./@-])(?:src|test|docs|scripts|examples|bench)\/[\w./-]*\w/g) ?? [],
      );
    expect(named.length).toBeGreaterThan(50);
    const built = /\/dist\//;
    const lost = named.filter((path) => !built.test(path) && !existsSync(new URL(path, root)));
    expect([...new Set(lost)]).toEqual([]);
  });

  it('draws its walks through files that exist', () => {
    const diagrams = pages.flatMap((page) => textOf(page).match(/^```mermaid$.*?^```$/gms) ?? []);
    const files = diagrams.flatMap((diagram) => diagram.match(/(?<=^ *participant \w+ as )[\w-]+\/[\w./-]+$/gm) ?? []);
    expect(files.length).toBeGreaterThan(10);
    expect(files.filter((file) => !existsSync(new URL(`src/${file}.ts`, root)))).toEqual([]);
  });

  it('can be reached from its index, page by page', () => {
    const index = linksOf('docs/README.md');
    const inDocs = pages.filter((page) => page.startsWith('docs/') && page !== 'docs/README.md');
    expect(inDocs.length).toBeGreaterThan(10);
    expect(inDocs.filter((page) => !index.includes(page.slice('docs/'.length)))).toEqual([]);
  });

  it('has a README that is read in a few minutes', () => {
    expect(textOf('README.md').split('\n').length).toBeLessThanOrEqual(201);
  });
});

/** Relative links, of images too. */
function linksOf(page: string): readonly string[] {
  const found = [...proseOf(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return found.filter((link) => !/^[a-z]+:/.test(link));
}

/**
 * The anchors of the headings, by GitHub's rule: in lower case, spaces as hyphens, punctuation left out, and a number
 * behind the second of the same.
 */
function anchorsOf(page: string): readonly string[] {
  const seen = new Map<string, number>();
  const text = textOf(page).replace(/^```.*?^```$/gms, '');
  return [...text.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => {
    const anchor = title
      .toLowerCase()
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    const before = seen.get(anchor) ?? 0;
    seen.set(anchor, before + 1);
    return before === 0 ? anchor : `${anchor}-${before}`;
  });
}
