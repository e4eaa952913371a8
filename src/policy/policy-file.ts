import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileText } from '../config/file-text.js';
import { type Appearance, appearanceOf, WatchedFile } from '../config/watched-file.js';
import type { Policy } from '../domain/policy/policy.js';
import type { PolicyInForce } from '../domain/ports/policy-in-force.js';
import { readBounded } from '../domain/read-bounded.js';
import { maxPolicyBytes, type ParsedPolicy } from './parse-policy.js';
import { type PolicyProblem, problemText } from './problem.js';
import type { PolicySourceTelemetry } from './telemetry.js';

/** Reads a policy from a file. Never rejects: a failure is a problem in the result. */
export async function readPolicyFile(path: string): Promise<ParsedPolicy> {
  try {
    // Checked before it is opened, because opening a pipe waits for a writer.
    const { size, isFile } = await lookAt(path);
    if (!isFile) return unread('must be a file');
    if (size > maxPolicyBytes) return tooLong;
    await using file = await opened(path);
    return await parseBytes(await file.handle.readFile());
  } catch (error) {
    return notRead(error);
  }
}

/** Standard input. */
export type Input = AsyncIterable<Uint8Array | string>;

/** Reads a policy from a file, or from standard input where that is named by `-`, and says what texts call it. */
export async function readPolicySource(path: string, input: Input | null) {
  return path === '-' && input !== null
    ? { name: 'standard input', parsed: await readPolicyInput(input) }
    : { name: path, parsed: await readPolicyFile(path) };
}

/** Reads a policy up to the end of the input. Never rejects: a failure is a problem in the result. */
async function readPolicyInput(input: Input): Promise<ParsedPolicy> {
  try {
    const bytes = await readBounded(input, maxPolicyBytes);
    return bytes === null ? tooLong : await parseBytes(bytes);
  } catch (error) {
    return notRead(error);
  }
}

async function parseBytes(bytes: Uint8Array): Promise<ParsedPolicy> {
  const text = fileText(bytes);
  if (text === undefined) return unreadable('must be text in UTF-8: save it as such');
  // Loaded only where there is a file, because the parser of YAML takes some milliseconds of a start.
  const { parsePolicyText } = await import('./policy-text.js');
  return parsePolicyText(text);
}

/** A policy file cannot be used. The message has each problem on a line. */
class UnusablePolicyError extends Error {
  constructor(path: string, problems: readonly PolicyProblem[]) {
    super(policyFileProblems(path, problems).join('\n'));
  }
}

/** The problems as texts, each with the variable and the place in the file. */
export function policyFileProblems(path: string, problems: readonly PolicyProblem[]): readonly string[] {
  return problems.map((problem) => `POLICY_FILE: ${problemText(problem, path)}`);
}

/** Several looks, because half a policy can be a valid policy with other limits, and its writer may pause. */
const looksInPlace = 5;

/** The policy of a file, which is read anew when it has changed. */
export class PolicyFile implements PolicyInForce, Disposable {
  readonly #file: WatchedFile<ParsedPolicy>;
  #policy: Policy;
  #isUsable = true;

  private constructor(
    private readonly path: string,
    policy: Policy,
    appearance: Appearance,
    private readonly telemetry: PolicySourceTelemetry,
  ) {
    this.#policy = policy;
    const read = () => readPolicyFile(path);
    this.#file = new WatchedFile({ path, appearance, read, take: (parsed) => this.#take(parsed), looksInPlace });
  }

  /** @throws UnusablePolicyError when the file holds no policy. */
  static async open(path: string, telemetry: PolicySourceTelemetry): Promise<PolicyFile> {
    const appearance = await appearanceOf(path);
    const read = await readPolicyFile(path);
    if (!read.ok) throw new UnusablePolicyError(resolve(path), read.problems);
    telemetry.policyInForce(read.policy, resolve(path));
    return new PolicyFile(path, read.policy, appearance, telemetry);
  }

  async current(): Promise<Policy> {
    return this.#policy;
  }

  ofFile(): Policy {
    return this.#policy;
  }

  /** Reads the file now, whether it has changed or not. Never rejects. */
  async reload(): Promise<void> {
    await this.#file.reload();
  }

  /** Looks once, as the timer does each second, and reads the file if it is due. Never rejects. */
  async look(): Promise<void> {
    await this.#file.look();
  }

  #take(read: ParsedPolicy): void {
    this.#isUsable = read.ok;
    if (!read.ok) {
      this.telemetry.policyNotUsable(read.problems, resolve(this.path));
      return;
    }
    const isAnother = read.policy.version !== this.#policy.version;
    this.#policy = read.policy;
    if (isAnother) this.telemetry.policyInForce(read.policy, resolve(this.path));
  }

  /** Codes of problems, also while a policy is in force. */
  warnings(): readonly string[] {
    return this.#isUsable ? [] : ['POLICY_NOT_USABLE'];
  }

  [Symbol.dispose](): void {
    this.#file[Symbol.dispose]();
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

function notRead(error: unknown): ParsedPolicy {
  const code = error instanceof Error && 'code' in error ? `${error.code}` : `${error}`;
  return unread(`cannot be read (${code})`);
}

function unread(message: string): ParsedPolicy {
  return { ...unreadable(message), isUnread: true };
}

function unreadable(message: string): ParsedPolicy & { readonly ok: false } {
  return { ok: false, problems: [{ line: null, column: null, path: '', message }] };
}

const tooLong = unreadable(`must have at most ${maxPolicyBytes} bytes`);
