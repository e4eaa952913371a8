import { parseArgs } from 'node:util';
import { type CommandResult, done, misused, optionProblem } from './command-result.js';
import { type LoadedConfig, loadConfig } from './config/load-config.js';
import { readSecret } from './config/secret-files.js';
import { problem, warning } from './doctor/found.js';
import { jsonOf, textOf } from './doctor/report.js';
import { runChecks } from './doctor/run-checks.js';
import { outsideChecks, serviceChecks } from './doctor/service-checks.js';
import { systemClock } from './domain/ports/clock.js';
import { readBounded } from './domain/read-bounded.js';
import type { SetUpFinding } from './domain/set-up-finding.js';
import { openFusionAuth, silentTelemetry } from './policy-connection.js';
import { isJwt } from './tokens/jwt-form.js';

const usage = `Usage: fusionauth-sessions doctor [options]
  --url URL           where clients see the service; default: PUBLIC_URL
  --token-file FILE   a file that holds an access token of FusionAuth, which is verified, or a service key; streams are
                      tried with either. - reads standard input
  --key-file FILE     a file that holds a key of FusionAuth that may read what the service's own need not: GET on
                      /api/webhook, /api/key, /api/group and /api/system/version
  --json              one JSON document instead of text

Looks at the configuration, and at what it depends on, without starting the service and without changing anything: one
line for each finding, ok, warning, problem or not checked, with what to do. The variables are those of the service.
Exit codes: 0 nothing to mend; 1 there are problems; 2 the configuration or the options cannot be used.
`;

type Environment = Readonly<Record<string, string | undefined>>;

/** How long one check may take, and all of them, in milliseconds. */
const times = { checkTimeoutMs: 10_000, totalTimeoutMs: 30_000 };

/** Runs the command `doctor`. Never rejects. @param input Standard input; read only when it is named. */
export async function runDoctor(
  args: readonly string[],
  env: Environment,
  input: AsyncIterable<Uint8Array | string>,
): Promise<CommandResult> {
  const read = readOptions(args);
  if (read.kind === 'problem') return misused(read.problem, usage, 2);
  const { options } = read;
  if (options.help) return done(usage);
  const report = (findings: readonly SetUpFinding[]) =>
    (options.json ? jsonOf : textOf)({ checkedAt: Date.now(), findings });
  try {
    const files = await readFiles(options, input);
    // An unusable policy is one finding among others, not a failure to read the configuration.
    const policyFile = env['POLICY_FILE'] || null;
    const loaded = await loadConfig({ ...env, POLICY_FILE: undefined });
    const unusable = problemsOf(loaded);
    if (!loaded.ok || unusable.length > 0) {
      const findings = unusable.map((text) => ({ check: 'configuration', ...problem(text) }));
      return { output: report(findings), problem: '', exitCode: 2 };
    }
    const findings = await diagnose(
      { ...loaded, config: { ...loaded.config, policyFile } },
      options.url ?? null,
      files,
    );
    const exitCode = findings.some(({ state }) => state === 'problem') ? 1 : 0;
    return { output: report(findings), problem: '', exitCode };
  } catch (error) {
    return { output: '', problem: `${error instanceof Error ? error.message : error}\n`, exitCode: 2 };
  }
}

interface Files {
  readonly credential: string | null;
  readonly readingKey: string | null;
}

function problemsOf(loaded: LoadedConfig): readonly string[] {
  if (!loaded.ok) return loaded.problems;
  return loaded.config.fusionAuth.url === null ? ['FUSIONAUTH_URL: is not set: this command asks a FusionAuth'] : [];
}

async function diagnose(
  { config, secrets, warnings }: LoadedConfig & { readonly ok: true },
  url: string | null,
  { credential, readingKey }: Files,
): Promise<readonly SetUpFinding[]> {
  const fusionAuthUrl = config.fusionAuth.url ?? '';
  await using fusionAuth = openFusionAuth(config, secrets, fusionAuthUrl, silentTelemetry());
  const subject = { config, secrets, fusionAuthUrl, fusionAuth, clock: systemClock };
  const accessToken = credential !== null && isJwt(credential) ? credential : null;
  const publicUrl = url?.replace(/\/+$/, '') ?? config.publicUrl;
  const additions = { readingKey, accessToken, credential, publicUrl };
  const checks = [...serviceChecks(subject, readingKey), ...outsideChecks(subject, additions)];
  const found = await runChecks(checks, times);
  return [...warnings.map((text) => ({ check: 'configuration', ...warning(text) })), ...found];
}

interface Options {
  readonly url?: string | undefined;
  readonly 'token-file'?: string | undefined;
  readonly 'key-file'?: string | undefined;
  readonly json: boolean;
  readonly help: boolean;
}

type ReadOptions =
  | { readonly kind: 'options'; readonly options: Options }
  /** They do not exist, lack their value or have a wrong one. */
  | { readonly kind: 'problem'; readonly problem: string };

function readOptions(args: readonly string[]): ReadOptions {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        url: { type: 'string' },
        'token-file': { type: 'string' },
        'key-file': { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const isUrl = values.url === undefined || (/^https?:\/\//.test(values.url) && URL.canParse(values.url));
    if (isUrl) return { kind: 'options', options: values };
    return { kind: 'problem', problem: '--url must be a URL such as https://sessions.example.com' };
  } catch (error) {
    return { kind: 'problem', problem: optionProblem(error) };
  }
}

/** @throws Error that names the option whose file cannot be read, and not what is in it. */
async function readFiles(options: Options, input: AsyncIterable<Uint8Array | string>): Promise<Files> {
  const read = async (option: 'token-file' | 'key-file') => {
    const path = options[option];
    if (path === undefined) return null;
    if (path === '-' && option === 'token-file') return readInput(input);
    const found = await readSecret(path);
    if (found.kind === 'problem') throw new Error(`--${option}: ${found.problem}`);
    return found.secret;
  };
  return { credential: await read('token-file'), readingKey: await read('key-file') };
}

/** The longest token that is read. */
const maxInputBytes = 65_536;

async function readInput(input: AsyncIterable<Uint8Array | string>): Promise<string> {
  const bytes = await readBounded(input, maxInputBytes);
  if (bytes === null) throw new Error('--token-file: standard input holds more than a token');
  const token = new TextDecoder().decode(bytes).trim();
  if (token === '') throw new Error('--token-file: standard input is empty');
  return token;
}
