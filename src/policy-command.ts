import { parseArgs } from 'node:util';
import { policyForUser } from './application/policy/policy-for-user.js';
import { simulatePolicy } from './application/policy/simulate-policy.js';
import { type CommandResult, done, failureText, misused } from './command-result.js';
import { parseUserId, type UserId } from './domain/ids.js';
import { endingUnder, explainPolicy } from './domain/policy/explanation.js';
import { findingsIn } from './domain/policy/findings.js';
import type { Policy } from './domain/policy/policy.js';
import type { UserCondition } from './domain/policy/selection.js';
import { kindsNamedBy, type NamedKind, unknownNamesIn } from './domain/policy/unknown-names.js';
import type { PolicyInForce } from './domain/ports/policy-in-force.js';
import { FusionAuthPolicies } from './policy/fusionauth-policies.js';
import { type Input, readPolicySource } from './policy/policy-file.js';
import { problemText } from './policy/problem.js';
import { connectForPolicy, type PolicyConnection } from './policy-connection.js';

const usage = `Usage: fusionauth-sessions policy check FILE [--json]
       fusionauth-sessions policy explain --user ID [--file FILE] [--json]
       fusionauth-sessions policy simulate [--sample N] [--file FILE] [--json]
  check      says whether a policy can be used, and which of its rules can never match; with FUSIONAUTH_URL set, also
             which of its applications, roles, groups and tenants FusionAuth does not have
  explain    says which rules match a user, which sessions count, and which would end
  simulate   says how many sessions of how many users would end, by rule; ends none
  FILE          the policy; - reads standard input
  --user ID     the id of a user
  --file FILE   the policy; default: that of POLICY_FILE, or of FusionAuth's tenant and applications
  --sample N    how many users are looked at, 1 to 10000; default: 1000
  --json        one JSON document instead of text

FusionAuth is the one that the variables of the service name. Exit codes: 0 all is well; 1 the policy has a fault, or
explain and simulate found sessions that would end; 2 the command could not do its work.
`;

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs the command `policy`. Never rejects. @param input Standard input; read only when it is named. */
export async function runPolicyCommand(
  args: readonly string[],
  env: Environment,
  input: Input = process.stdin,
): Promise<CommandResult> {
  try {
    const { values, positionals } = readArguments(args);
    const [command, file, ...more] = positionals;
    if (values.help) return done(usage);
    const foreign = foreignOption(command, values);
    if (foreign !== null) return misused(foreign, usage, 2);
    if (file === '' || values.file === '') return misused('FILE is empty', usage, 2);
    const asked = { ...values, input };
    if (command === 'check' && file !== undefined && more.length === 0) return await check(file, asked, env);
    if (command === 'explain' && file === undefined) return await explain(asked, env);
    if (command === 'simulate' && file === undefined) return await simulate(asked, env);
    return misused(misuseOf(command, file, more), usage, 2);
  } catch (error) {
    return { output: '', problem: `${failureText(error)}\n`, exitCode: 2 };
  }
}

/** An option of another command. It would have no effect, which somebody who gave it would not expect. */
function foreignOption(command: string | undefined, { user, file, sample }: Values): string | null {
  if (command === 'check' && file !== undefined) return 'check takes its FILE without --file';
  if (user !== undefined && (command === 'check' || command === 'simulate')) return `${command} takes no --user`;
  if (sample !== undefined && (command === 'check' || command === 'explain')) return `${command} takes no --sample`;
  return null;
}

function misuseOf(command: string | undefined, file: string | undefined, more: readonly string[]): string {
  if (command === undefined) return 'Missing: check, explain or simulate';
  if (command === 'check') return file === undefined ? 'Missing: FILE' : `One FILE at a time, not also ${more[0]}`;
  if (command === 'explain' || command === 'simulate') return `${command} takes its policy by --file`;
  return 'policy takes check, explain or simulate';
}

type Values = ReturnType<typeof readArguments>['values'];
type Asked = Values & { readonly input: Input };

function readArguments(args: readonly string[]) {
  return parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      user: { type: 'string' },
      file: { type: 'string' },
      sample: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
}

async function check(file: string, { json, input }: Asked, env: Environment): Promise<CommandResult> {
  const { name, parsed: read } = await readPolicySource(file, input);
  if (!read.ok) {
    const texts = read.problems.map((problem) => problemText(problem, name));
    return said({ ok: false, problems: read.problems, findings: [] }, texts, json, read.isUnread ? 2 : 1);
  }
  const { unknown, unchecked } = hasFusionAuth(env)
    ? await lookUpNames(read.policy, env)
    : { unknown: [], unchecked: [] };
  const findings = [...findingsIn(read.policy), ...unknown];
  const { version, mode, rules } = read.policy;
  const texts = [
    `${name}: ${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}, mode ${mode}, version ${version}`,
    ...findings.map(({ rule, message }) => `${name}: ${rule ?? 'exempt'}: ${message}`),
    ...unchecked.map((kind) => `${name}: ${kind} could not be looked up: the API key lacks GET on ${paths[kind]}`),
  ];
  const code = findings.length > 0 ? 1 : unchecked.length > 0 ? 2 : 0;
  return said({ ok: code === 0, version, mode, problems: [], findings, unchecked }, texts, json, code);
}

const paths: Readonly<Record<NamedKind, string>> = {
  applications: '/api/application',
  groups: '/api/group',
  tenants: '/api/tenant',
};

/** The names in a policy that FusionAuth does not know, and the kinds of names that the API key may not look up. */
async function lookUpNames(policy: Policy, env: Environment) {
  await using connection = await connectForPolicy(env);
  const kinds = kindsNamedBy(policy);
  const known = await connection.fusionAuth.readPolicyNames(kinds);
  return { unknown: unknownNamesIn(policy, known), unchecked: kinds.filter((kind) => known[kind] === null) };
}

async function explain({ user, json, ...source }: Asked, env: Environment): Promise<CommandResult> {
  const userId = parseUserId(user);
  if (userId === undefined) throw new Error('--user: must be the id of a user, a UUID');
  await using connection = await connectForPolicy(env);
  const { sessions, directory } = connection.fusionAuth;
  const policies = await policiesOf(source, connection);
  const asked = { userId, tenantId: connection.config.fusionAuth.tenantId };
  const found = await policyForUser(policies, asked, directory);
  if (found === null) throw noPolicy();
  const { policy, tenantId, subject } = found;
  const listing = await sessions.listSessions(userId);
  // Rules that ask nothing about the user leave it open whether there is one, and so does a key that may not look.
  const isOpen = subject === undefined && listing.sessions.length === 0;
  const users = isOpen ? await directory.findUsers([userId]).catch(() => null) : null;
  if (subject === null || users?.has(userId) === false) throw new Error(`--user: FusionAuth has no user ${userId}`);
  const { isExempt, rules, unlimited } = explainPolicy(
    policy,
    { userId, tenantId, subject: subject ?? null },
    listing.sessions,
  );
  const ids = (list: readonly { readonly id: string }[]) => list.map(({ id }) => id);
  const facts = rules.map(({ rule, matches, unmet, counted, surplus }) => ({
    rule: rule.name,
    mode: rule.mode,
    matches,
    because: unmet === null ? (matches ? null : 'the user is exempt') : unmetTexts[unmet],
    allow: rule.allow,
    counted: ids(counted.filter(({ kind }) => kind === 'application')),
    sso: ids(counted.filter(({ kind }) => kind === 'sso')),
    wouldEnd: ids(endingUnder({ rule, surplus })),
  }));
  const wouldEnd = facts.flatMap((one) => one.wouldEnd);
  const texts = [
    `policy ${policy.version}, mode ${policy.mode}; ${listing.sessions.length} sessions${isExempt ? '; the user is exempt' : ''}`,
    ...facts.map(({ rule, mode, matches, because, allow, counted, sso, wouldEnd: surplus }) =>
      matches
        ? `${rule}: ${counted.length} count, ${allow} may stay (${mode})${sso.length === 0 ? '' : `; SSO sessions besides: ${sso.length}`}${surplus.map((id) => `\n  would end ${id}`).join('')}`
        : `${rule}: does not match: ${because}`,
    ),
    `no limit: ${unlimited.length}`,
  ];
  const answer = { version: policy.version, mode: policy.mode, isExempt, rules: facts, unlimited: ids(unlimited) };
  return said(answer, texts, json, wouldEnd.length === 0 ? 0 : 1);
}

/** Why a rule does not match a user, by the condition. */
const unmetTexts: Readonly<Record<UserCondition, string>> = {
  userIds: 'the user is none of its users',
  tenantIds: 'the user is of none of its tenants',
  groupIds: 'the user is in none of its groups',
  roles: 'the user has none of its roles in an application that it is about',
  userData: 'the data of the user in FusionAuth is not what it asks for',
};

async function simulate({ sample = '1000', json, ...source }: Asked, env: Environment): Promise<CommandResult> {
  if (!/^[1-9]\d{0,4}$/.test(sample) || Number(sample) > 10_000) throw new Error('--sample: must be from 1 to 10000');
  await using connection = await connectForPolicy(env);
  const policies = await policiesOf(source, connection);
  const { fusionAuth, config } = connection;
  const { tenantId } = config.fusionAuth;
  const userIds = await someUsers(connection, Number(sample));
  const found = await simulatePolicy(policies, tenantId, userIds, fusionAuth);
  if (found === null) throw noPolicy();
  const { failure, ...facts } = found;
  const unreadBecause = failure === null ? null : failureText(failure.error);
  const texts = [
    `${found.policies.map(({ version }) => `policy ${version}`).join(', ')}: ${found.users} users looked at, ${found.usersWithSessions} with sessions, ${found.exemptUsers} exempt`,
    `would end ${found.wouldEnd} of ${found.sessions} sessions, of ${found.usersOver} users`,
    ...found.rules.map(({ rule, matches, wouldEnd }) => `${rule}: matches ${matches} users, would end ${wouldEnd}`),
    ...(unreadBecause === null ? [] : [`${found.unread} users could not be read: ${unreadBecause}`]),
  ];
  const code = found.unread > 0 ? 2 : found.wouldEnd > 0 ? 1 : 0;
  return said({ ...facts, unreadBecause }, texts, json, code);
}

function said(
  value: object,
  texts: readonly string[],
  json: boolean,
  exitCode: CommandResult['exitCode'],
): CommandResult {
  return {
    output: json ? `${JSON.stringify(value)}\n` : texts.map((text) => `${text}\n`).join(''),
    problem: '',
    exitCode,
  };
}

/**
 * The policies of a file, which are for everybody, or those that FusionAuth keeps. @throws Error when the file cannot
 * be used.
 */
async function policiesOf(
  { file, input }: Pick<Asked, 'file' | 'input'>,
  { config, fusionAuth, telemetry }: PolicyConnection,
): Promise<PolicyInForce> {
  const path = file ?? config.policyFile;
  if (path === null || path === undefined) {
    return new FusionAuthPolicies({ documentsOf: (tenantId) => fusionAuth.tenant(tenantId).policies, telemetry });
  }
  const { name, parsed: read } = await readPolicySource(path, file === undefined ? null : input);
  if (!read.ok) throw new Error(read.problems.map((problem) => problemText(problem, name)).join('\n'));
  return { current: async () => read.policy };
}

function noPolicy(): Error {
  return new Error('There is no policy that can be used in FusionAuth; name one by --file');
}

/** How many users a search answers at once. */
const pageSize = 500;

async function someUsers({ fusionAuth, config }: PolicyConnection, count: number): Promise<readonly UserId[]> {
  const { people } = fusionAuth.tenant(config.fusionAuth.tenantId);
  const ids = new Set<UserId>();
  for (let skip = 0; ids.size < count; skip += pageSize) {
    const { users, total } = await people.search({ text: '', skip, size: Math.min(pageSize, count - ids.size) });
    for (const { id } of users) ids.add(id);
    if (users.length === 0 || skip + users.length >= total) break;
  }
  return [...ids];
}

function hasFusionAuth(env: Environment): boolean {
  return (env['FUSIONAUTH_URL'] ?? '') !== '';
}
