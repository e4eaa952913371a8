import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Policy } from '../domain/policy/policy.js';
import type { PolicyInForce } from '../domain/ports/policy-in-force.js';
import { maxPolicyBytes, type ParsedPolicy, parsePolicyText } from './parse-policy.js';
import { type PolicyProblem, problemText } from './problem.js';
import type { PolicyTelemetry } from './telemetry.js';

/** Reads a policy from a file. Never rejects: what stands in the way is a problem. */
export async function readPolicyFile(path: string): Promise<ParsedPolicy> {
  try {
    // Looked at before it is opened: opening a pipe waits until somebody writes to it.
    const { size, isFile } = await lookAt(path);
    if (!isFile) return unreadable('must be a file');
    if (size > maxPolicyBytes) return unreadable(`must have at most ${maxPolicyBytes} bytes`);
    await using file = await opened(path);
    return parsePolicyText(await file.handle.readFile({ encoding: 'utf8' }));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? `${error.code}` : `${error}`;
    return unreadable(`cannot be read (${code})`);
  }
}

/** A policy file cannot be used. The message has each problem on a line. */
export class UnusablePolicyError extends Error {
  constructor(path: string, problems: readonly PolicyProblem[]) {
    super(problems.map((problem) => `POLICY_FILE: ${problemText(problem, path)}`).join('\n'));
  }
}

/** How often the file is looked at, in milliseconds. */
const lookIntervalMs = 1_000;

/**
 * How many looks in a row must find a file the same that was changed in place. The beginning of a policy can be a policy
 * that allows more or less, and whoever writes it may pause; a file that has taken another's place is whole.
 */
const looksInPlace = 5;

/**
 * The policy of a file, which is read anew when it has changed: one that has taken the place of the file that was read
 * once it has looked the same twice, one that was changed in place a few looks later, so that it is not read while it is
 * written. Looking works on every file system, also where a mounted file is replaced by another one.
 */
export class PolicyFile implements PolicyInForce, Disposable {
  readonly #timer: NodeJS.Timeout;
  #policy: Policy;
  #isUsable = true;
  #readAs: Appearance;
  #seenAs: Appearance;
  #sameLooks = 0;
  #looking: Promise<void> | null = null;

  private constructor(
    private readonly path: string,
    policy: Policy,
    appearance: Appearance,
    private readonly telemetry: PolicyTelemetry,
  ) {
    this.#policy = policy;
    this.#readAs = appearance;
    this.#seenAs = appearance;
    this.#timer = setInterval(() => {
      this.#looking ??= this.look().finally(() => {
        this.#looking = null;
      });
    }, lookIntervalMs);
    this.#timer.unref();
  }

  /** @throws UnusablePolicyError when the file holds no policy. */
  static async open(path: string, telemetry: PolicyTelemetry): Promise<PolicyFile> {
    const appearance = await appearanceOf(path);
    const read = await readPolicyFile(path);
    if (!read.ok) throw new UnusablePolicyError(resolve(path), read.problems);
    telemetry.policyInForce(read.policy, resolve(path));
    return new PolicyFile(path, read.policy, appearance, telemetry);
  }

  async current(): Promise<Policy> {
    return this.#policy;
  }

  /** Reads it now, whether it has changed or not. Never rejects. */
  async reload(): Promise<void> {
    const appearance = await appearanceOf(this.path);
    this.#take(await readPolicyFile(this.path), appearance);
  }

  #take(read: ParsedPolicy, appearance: Appearance): void {
    this.#readAs = appearance;
    this.#isUsable = read.ok;
    if (!read.ok) {
      this.telemetry.policyNotUsable(read.problems, resolve(this.path));
      return;
    }
    const isAnother = read.policy.version !== this.#policy.version;
    this.#policy = read.policy;
    if (isAnother) this.telemetry.policyInForce(read.policy, resolve(this.path));
  }

  /** Codes of what is not well although a policy is in force. */
  warnings(): readonly string[] {
    return this.#isUsable ? [] : ['POLICY_NOT_USABLE'];
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Looks once, as happens each second, and takes what the file holds when it is time to. Never rejects. */
  async look(): Promise<void> {
    const appearance = await appearanceOf(this.path);
    this.#sameLooks = appearance.text === this.#seenAs.text ? this.#sameLooks + 1 : 0;
    this.#seenAs = appearance;
    const needed = appearance.file === this.#readAs.file ? looksInPlace : 1;
    if (this.#sameLooks < needed || appearance.text === this.#readAs.text) return;
    const read = await readPolicyFile(this.path);
    // It was written while it was read: the next looks see to it.
    if ((await appearanceOf(this.path)).text === appearance.text) this.#take(read, appearance);
  }
}

/** What shows that a file has changed, without reading it. */
interface Appearance {
  /** Which file it is. */
  readonly file: string;
  readonly text: string;
}

async function appearanceOf(path: string): Promise<Appearance> {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = await stat(path);
    return { file: `${dev} ${ino}`, text: `${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}` };
  } catch (error) {
    const code = `${error instanceof Error && 'code' in error ? error.code : error}`;
    return { file: code, text: code };
  }
}

async function lookAt(path: string) {
  const stats = await stat(path);
  return { size: stats.size, isFile: stats.isFile() };
}

async function opened(path: string) {
  const handle = await open(path);
  return { handle, [Symbol.asyncDispose]: () => handle.close() };
}

function unreadable(message: string): ParsedPolicy {
  return { ok: false, problems: [{ line: null, column: null, path: '', message }] };
}
