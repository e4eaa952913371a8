// Breaks the service on purpose, one way after the other, and says whether the tests named for it notice. Each of them
// has to fail; one that passes is too weak.
//
//   node scripts/try-breakages.mjs              all of them, about a minute and a half each
//   node scripts/try-breakages.mjs kept claims  those whose name has one of these words
//
// Works on a copy of the folder, with its dependencies.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const histories = 'test/postgres/histories.test.ts';
const proof = 'test/guard/replicated-proof.test.ts';
/** Where these functions of the database have their last definition. */
const claim = 'src/postgres/migrations/0008_completed-endings.sql';
const publish = 'src/postgres/migrations/0011_indexed-plans.sql';

/** @typedef {{ from: string, to: string }} Edit */
/** @type {(Edit & { name: string, test: string, path: string, also?: Edit })[]} */
const breakages = [
  {
    name: 'nobody follows up the claims of others',
    test: histories,
    path: 'src/application/events/abandoned-revocations.ts',
    from: 'takeAbandoned(maxLooks)',
    to: 'takeAbandoned(0 * maxLooks)',
  },
  {
    name: 'what cannot be published is not kept',
    test: histories,
    path: 'src/postgres/kept-entries.ts',
    from: 'this.#entries.set(id, entry);',
    to: 'this.#entries.delete(id);',
  },
  {
    name: 'endings by creation are not held back by what others keep',
    test: histories,
    path: claim,
    from: "c.role = 'hold' and c.holder <> me and c.busy_until > at);",
    to: "c.role = 'hold' and c.holder <> me and c.busy_until > at and false);",
    // Either of the two is enough where the session that stays is ended at the same time.
    also: { from: "and (my_rule = 'byChoice' or c.rule = 'byChoice'));", to: "and my_rule = 'byChoice');" },
  },
  {
    name: 'nothing is announced',
    test: histories,
    path: 'src/postgres/session-view.ts',
    from: 'if (plan.ends.length === 0 &&',
    to: 'if (plan.ends.length >= 0 &&',
  },
  {
    name: 'an ending is published as often as it is reported',
    test: histories,
    path: publish,
    from: 'where not a."isEnding" or not exists (',
    to: 'where true or not exists (',
  },
  {
    name: 'what is reported is put down to nobody',
    test: histories,
    path: publish,
    from: ') c on e."isReported" or',
    to: ') c on',
  },
  {
    name: 'records are not completed',
    test: histories,
    path: publish,
    from: 'where a."isEnding" and a.is_own_deed and',
    to: 'where false and a.is_own_deed and',
  },
  {
    name: 'a subscriber that comes back begins after the newest event',
    test: histories,
    path: 'src/postgres/log-reader.ts',
    from: 'position >= 1 && position <= this.#position ? position : null',
    to: 'position >= 1 && position <= this.#position ? this.#position : null',
  },
  {
    name: 'a guard forgets its lease',
    test: proof,
    path: 'src/guard/lease.ts',
    from: 'if (ageMs > leaseMs || !Number.isFinite(ageMs)) return null;',
    to: 'if (!Number.isFinite(ageMs)) return null;',
  },
  {
    name: 'a guard takes the answer that a session has ended for one that it lives',
    test: proof,
    path: 'src/guard/lease.ts',
    from: "if (confirmation.status === 'ENDED') return { ok: false, reason: 'ended' };",
    to: "if (confirmation.status === 'ENDED') return { ok: true, doubt: null, lagMs: 0 };",
  },
  {
    name: 'the service takes what it knew for what is',
    test: proof,
    path: 'src/application/liveness/known-lives.ts',
    from: 'return { ...known, knownAt: Math.min(this.#usable(known.livesAt), this.activeAt(known.userId)) };',
    to: 'return { ...known, knownAt: Number.MAX_SAFE_INTEGER };',
  },
  {
    name: 'what is published does not say what to refuse',
    test: proof,
    path: 'src/application/events/session-event-recorder.ts',
    from: 'const refusal = applicationId === null ? null :',
    to: 'const refusal = tokensExpireBy > 0 ? null :',
  },
  {
    name: 'the end of one session counts for all of its user',
    test: proof,
    path: 'src/guard/revocation-index.ts',
    from: 'const entry = { sessionId, userId, applicationId, issuedBefore, expiresAt };',
    to: 'const entry = { sessionId: sessionId && null, userId, applicationId, issuedBefore, expiresAt };',
  },
];

const words = process.argv.slice(2);
const chosen = breakages.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
const copy = mkdtempSync(join(tmpdir(), 'breakages-'));
const unnoticed = [];
try {
  const { stdout: listed } = run('git', ['ls-files', '-z'], root);
  for (const path of listed.split('\0').filter((name) => name !== '')) cpSync(join(root, path), join(copy, path));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const { name, test, path, also, ...first } of chosen) {
    const file = join(copy, path);
    const text = readFileSync(file, 'utf8');
    let broken = text;
    for (const { from, to } of [first, ...(also === undefined ? [] : [also])]) {
      if (!broken.includes(from)) throw new Error(`${path} has no "${from}" any more`);
      broken = broken.replace(from, to);
    }
    writeFileSync(file, broken);
    const build = run(process.execPath, ['scripts/build.mjs', '--if-needed'], copy);
    if (build.status !== 0) throw new Error(`${name}: it does not compile\n${build.stdout}${build.stderr}`);
    const { status, stdout, stderr } = run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', test], copy);
    const said = stderr + stdout;
    writeFileSync(file, text);
    const failure = /^.*(?:AssertionError|Error): .*$/m.exec(said)?.[0].trim() ?? 'it failed';
    process.stdout.write(`${name}: ${status === 0 ? 'NOT NOTICED' : failure}\n`);
    if (status === 0) unnoticed.push(name);
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
process.exitCode = unnoticed.length === 0 ? 0 : 1;

function run(program, args, cwd) {
  const env = { ...process.env, NO_COLOR: '1', REPLICA_HISTORIES: '50' };
  return spawnSync(program, args, { cwd, env, encoding: 'utf8', maxBuffer: 64 * 1_048_576 });
}
