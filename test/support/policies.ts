import { setTimeout as delay } from 'node:timers/promises';
import type { Policy, PolicyRule } from '../../src/domain/policy/policy.js';
import type { TransactionType } from '../../src/emulator/store/records.js';
import { startTestService, type TestService, type TestServiceOptions } from './service.js';

/** A rule about every session of everybody. */
export function ruleOf(rule: Partial<PolicyRule> = {}): PolicyRule {
  return {
    name: 'everybody',
    mode: 'enforce',
    when: { applicationIds: null, roles: null, groupIds: null, userIds: null, tenantIds: null, userData: null },
    deviceTypes: null,
    allow: 2,
    per: 'user',
    overflow: 'endOldest',
    sso: null,
    ...rule,
  };
}

export function policyOf(rules: readonly PolicyRule[], more: Partial<Policy> = {}): Policy {
  return { version: '0123456789ab', mode: 'enforce', rules, exempt: [], maxRevocationsPerMinute: 1_000, ...more };
}

export interface PolicyServiceOptions extends TestServiceOptions {
  /** Default: two sessions for everybody. Null: none. */
  readonly policy?: Policy | null;
  /** Which events FusionAuth delivers. Default: those of the setting-up guide; `none`. */
  readonly events?: 'all' | 'none' | readonly string[];
  readonly transactionType?: TransactionType;
}

/** A service with a policy, to which FusionAuth delivers its events. No sweep, unless the environment says otherwise. */
export async function startPolicyService(options: PolicyServiceOptions = {}): Promise<TestService> {
  const { policy = policyOf([ruleOf()]), events = 'all', transactionType = 'None', env = {}, ...rest } = options;
  const service = await startTestService({
    policies: { current: async () => policy },
    ...rest,
    env: {
      WEBHOOK_USERNAME: credentials.username,
      WEBHOOK_PASSWORD: credentials.password,
      WEBHOOK_HANDLE_TIMEOUT_MS: '10000',
      POLICY_SWEEP_INTERVAL_SECONDS: '0',
      LOG_LEVEL: 'debug',
      ...env,
    },
  });
  if (events !== 'none') deliverTo(service, events === 'all' ? allEvents : events, transactionType);
  return service;
}

/** Recognised without keys that have to be fetched first, which takes long on a busy machine. */
const credentials = { username: 'fusionauth', password: 'a-password-of-enough-characters' };

const allEvents = [
  'jwt.refresh-token.revoke',
  'jwt.refresh',
  'user.login.success',
  'user.registration.create',
  'user.registration.create.complete',
];

/** Has FusionAuth deliver events to a service. */
export function deliverTo(
  { url, emulator: { store } }: Pick<TestService, 'url' | 'emulator'>,
  types: readonly string[] = allEvents,
  transactionType: TransactionType = 'None',
): void {
  store.addWebhook({
    url: `${url}/webhooks/fusionauth`,
    connectTimeout: 30_000,
    readTimeout: 30_000,
    httpAuthenticationUsername: credentials.username,
    httpAuthenticationPassword: credentials.password,
    eventsEnabled: Object.fromEntries(types.map((type) => [type, true])),
  });
  store.enableEvents(types, transactionType);
}

/** Waits for what happens, for as long as the test may take. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await delay(20);
}

interface LoggedRun {
  readonly userId: string;
  readonly triggers: readonly string[];
  readonly outcome: string;
  readonly ended: number;
  readonly tookMs: number;
}

/** The runs of the policy that were logged, in order. */
export function runsOf({ logs }: Pick<TestService, 'logs'>): readonly LoggedRun[] {
  return logs
    .filter(({ msg }) => msg === 'run of the policy')
    .map(({ userId, triggers, outcome, ended, tookMs }) => ({
      userId: String(userId),
      triggers: Array.isArray(triggers) ? triggers.map(String) : [],
      outcome: String(outcome),
      ended: Number(ended),
      tookMs: Number(tookMs),
    }));
}
