import { writeFile } from 'node:fs/promises';
import type { Reporter, TestCase, TestModule } from 'vitest/node';
import { z } from 'zod';
import { Instance } from './instance.js';
import { PreparationError } from './preparation-error.js';

const verdicts = ['confirmed', 'refuted', 'found', 'not testable'] as const;

interface Line {
  /** The suite it belongs to. */
  readonly subject: string;
  /** The promise or question. */
  readonly name: string;
  readonly verdict: (typeof verdicts)[number];
  readonly detail: string;
}

/** Says of each promise whether the instance confirmed it, as text and, where a path is given, as a Markdown file. */
export class ContractReporter implements Reporter {
  constructor(
    private readonly target: { readonly url: string; readonly apiKey: string },
    private readonly markdownPath: string | undefined,
  ) {}

  async onTestRunEnd(modules: readonly TestModule[]): Promise<void> {
    const lines = modules.flatMap((module) => Array.from(module.children.allTests(), lineOf));
    if (lines.length === 0) return;
    const version = await versionOf(this.target);
    process.stdout.write(textOf(version, lines));
    if (this.markdownPath !== undefined && this.markdownPath !== '') {
      await writeFile(this.markdownPath, markdownOf(version, lines));
    }
  }
}

function lineOf(test: TestCase): Line {
  const subject = test.parent.type === 'suite' ? test.parent.fullName : '';
  return { subject, name: test.name, ...verdictOf(test) };
}

function verdictOf(test: TestCase): Pick<Line, 'verdict' | 'detail'> {
  const result = test.result();
  const { question, found } = test.meta();
  switch (result.state) {
    case 'passed':
      return found === undefined ? { verdict: 'confirmed', detail: '' } : { verdict: 'found', detail: found };
    case 'failed': {
      const [error] = result.errors;
      const detail = oneLine(error?.message ?? '');
      return question === true || error?.name === PreparationError.name
        ? { verdict: 'not testable', detail: `the attempt failed: ${detail}` }
        : { verdict: 'refuted', detail };
    }
    case 'skipped':
      return { verdict: 'not testable', detail: result.note ?? 'its tenant and applications could not be created' };
    case 'pending':
      return { verdict: 'not testable', detail: 'the run ended before' };
  }
}

function textOf(version: string, lines: readonly Line[]): string {
  const sections = Array.from(bySubject(lines), ([subject, group]) => [
    '',
    subject,
    ...group.map(({ name, verdict, detail }) => `  ${verdict.padEnd(12)}  ${name}${detail && `\n${indent}${detail}`}`),
  ]);
  return `\n${[`FusionAuth ${version}: ${summaryOf(lines)}`, ...sections.flat()].join('\n')}\n\n`;
}

const indent = ' '.repeat(16);

function markdownOf(version: string, lines: readonly Line[]): string {
  const cell = (text: string) => text.replaceAll('|', '\\|');
  const sections = Array.from(bySubject(lines), ([subject, group]) => [
    '',
    `## ${subject}`,
    '',
    '| Promise or question | Verdict | Detail |',
    '| --- | --- | --- |',
    ...group.map(({ name, verdict, detail }) => `| ${cell(name)} | ${verdict} | ${cell(detail)} |`),
  ]);
  const date = new Date().toISOString().slice(0, 10);
  const head = [`# Contract on FusionAuth ${version}`, '', `${date}: ${summaryOf(lines)}`];
  return `${[...head, ...sections.flat()].join('\n')}\n`;
}

function bySubject(lines: readonly Line[]): ReadonlyMap<string, readonly Line[]> {
  const groups = new Map<string, Line[]>();
  for (const line of lines) groups.set(line.subject, [...(groups.get(line.subject) ?? []), line]);
  return groups;
}

function summaryOf(lines: readonly Line[]): string {
  const counts = verdicts.map((each) => `${lines.filter(({ verdict }) => verdict === each).length} ${each}`);
  return counts.join(', ');
}

async function versionOf({ url, apiKey }: { readonly url: string; readonly apiKey: string }): Promise<string> {
  try {
    const answer = await new Instance(url, apiKey).call('GET', '/api/system/version');
    return answer.read(z.looseObject({ version: z.string() })).version;
  } catch {
    return 'of unknown version';
  }
}

const maxDetailLength = 300;

function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').slice(0, maxDetailLength);
}
