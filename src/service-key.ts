import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { hashServiceKey } from './auth/service-keys.js';
import { type CommandResult, done, misused, optionProblem, refused } from './command-result.js';
import { parseConfig } from './config/config.js';
import { permissions } from './domain/caller.js';

const usage = `Usage: fusionauth-sessions service-key --name NAME --permissions LIST [options]
  --name NAME             what logs and audit records call the key
  --permissions LIST      comma-separated: ${permissions.join(', ')}
  --tenants LIST          comma-separated ids of tenants; default: any
  --applications LIST     comma-separated ids of applications; default: any
  --expires-in-days N     1 to 3650; default: never

Prints the key once, for the service that calls, and the entry of SERVICE_KEYS, which holds only its hash.
`;

const dayMs = 86_400_000;
const maxDays = 3_650;

/** The option that sets each member of an entry of SERVICE_KEYS. */
const optionOf: Readonly<Record<string, string>> = {
  name: '--name',
  permissions: '--permissions',
  tenantIds: '--tenants',
  applicationIds: '--applications',
  expiresAt: '--expires-in-days',
};

/** Runs the command `service-key`, which makes a key. */
export function makeServiceKey(args: readonly string[]): CommandResult {
  const values = readOptions(args);
  if (typeof values === 'string') return misused(values, usage);
  if (values.help) return done(usage);
  const missing = (['name', 'permissions'] as const).filter((name) => values[name] === undefined);
  if (values.name === undefined || values.permissions === undefined) {
    return misused(`Missing: ${missing.map((name) => `--${name}`).join(' and ')}`, usage);
  }
  const days = values['expires-in-days'];
  if (days !== undefined && !(/^\d{1,4}$/.test(days) && Number(days) >= 1 && Number(days) <= maxDays)) {
    return refused(`--expires-in-days: must be a whole number from 1 to ${maxDays}\n`);
  }

  // 256 bits: beyond guessing, so that a plain hash protects it.
  const key = randomBytes(32).toString('base64url');
  const entry = {
    name: values.name,
    sha256: hashServiceKey(key).toString('hex'),
    permissions: listOf(values.permissions),
    ...(values.tenants === undefined ? {} : { tenantIds: listOf(values.tenants) }),
    ...(values.applications === undefined ? {} : { applicationIds: listOf(values.applications) }),
    ...(days === undefined ? {} : { expiresAt: new Date(Date.now() + Number(days) * dayMs).toISOString() }),
  };
  const problems = problemsOf(entry);
  return problems.length === 0
    ? done(`Key, shown only now:\n  ${key}\nEntry for SERVICE_KEYS:\n  ${JSON.stringify(entry)}\n`)
    : refused(problems.map((text) => `${text}\n`).join(''));
}

/** A text says which option does not exist or lacks its value. */
function readOptions(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        name: { type: 'string' },
        permissions: { type: 'string' },
        tenants: { type: 'string' },
        applications: { type: 'string' },
        'expires-in-days': { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    return optionProblem(error);
  }
}

/** The reasons why the service would refuse this entry, in terms of the options. */
function problemsOf(entry: object): readonly string[] {
  const parsed = parseConfig({ SERVICE_KEYS: JSON.stringify([entry]) });
  if (parsed.ok) return [];
  return parsed.problems.map((problem) =>
    problem.replace(/^SERVICE_KEYS\.0\.(\w+)[^:]*/, (path, member: string) => optionOf[member] ?? path),
  );
}

function listOf(text: string): readonly string[] {
  return text.split(',').map((item) => item.trim());
}
