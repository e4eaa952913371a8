import type { NamedKind } from '../domain/policy/unknown-names.js';
import { accessTokenFindings, refreshTokenFindings } from './application-findings.js';
import { consoleFindings, serviceKeyFindings } from './caller-findings.js';
import {
  clockFindings,
  connectionFindings,
  keyFindings,
  keyScopeFindings,
  tenantFindings,
  versionFindings,
} from './connection-findings.js';
import { databaseFindings } from './database-findings.js';
import { eventFindings } from './event-findings.js';
import type { ExaminedService } from './examined-service.js';
import { findPolicies, policyFindings } from './policy-findings.js';
import { corsFindings, proxyFindings, publicUrlFindings, streamFindings } from './public-findings.js';
import type { Check } from './run-checks.js';
import { accessTokenSetUpFindings, keySetFindings, tokenFindings } from './token-findings.js';
import { webhookFindings } from './webhook-findings.js';
import { webhookReachFindings } from './webhook-reach-findings.js';

/** The facts that only the person who runs a command can add. Each is null where it is not given. */
interface Additions {
  /** A key of FusionAuth that may read more than the service's own. */
  readonly readingKey: string | null;
  /** An access token to verify. */
  readonly accessToken: string | null;
  /** The credential with which streams are opened: a service key or an access token. */
  readonly credential: string | null;
  /** Where clients see the service. */
  readonly publicUrl: string | null;
}

const afterConnection = ['connection', 'tenant'] as const;

/** The checks of a service and of what it depends on. Settings are read once for all of them. */
export function serviceChecks(service: ExaminedService, readingKey: string | null = null): readonly Check[] {
  const { config, fusionAuth, fusionAuthUrl } = service;
  const reader = fusionAuth.createSetUpReader(readingKey);
  const atStart = once(() => fusionAuth.runChecks());
  const setUp = once(() => reader.read());
  const policies = once(async () => findPolicies(await setUp(), service));
  const algorithmOf = (keyId: string) => reader.readKeyAlgorithm(keyId);
  const after = afterConnection;
  const isOfFile = config.policyFile !== null;
  const reachable = async () => {
    const found = await atStart();
    return found.some(({ check, state }) => check === 'connection' && state !== 'ok') ? null : setUp();
  };
  return [
    { name: 'connection', run: async () => connectionFindings(await atStart(), fusionAuthUrl) },
    {
      name: 'tenant',
      after: ['connection'],
      run: async () => tenantFindings(await atStart(), await setUp(), service),
    },
    {
      name: 'version',
      after,
      run: async () => versionFindings((await setUp()).version, service),
    },
    {
      name: 'api-key',
      after,
      run: async () => {
        const [found, scope] = await Promise.all([atStart(), fusionAuth.lookAtKey()]);
        return [...keyFindings(found), ...keyScopeFindings(scope, (await policies()).length > 0, service)];
      },
    },
    {
      name: 'clock',
      after,
      run: async () => {
        // Its measurements are the answers of the calls before.
        await setUp();
        return clockFindings(fusionAuth.skew.aheadMs, service);
      },
    },
    { name: 'refresh-tokens', after, run: async () => refreshTokenFindings(await setUp(), service) },
    { name: 'access-tokens', after, run: async () => accessTokenFindings(await setUp(), service) },
    { name: 'events', after, run: async () => eventFindings(await setUp(), await policies(), service) },
    {
      name: 'webhook',
      after,
      run: async () => webhookFindings(await setUp(), (await policies()).length > 0, service, algorithmOf),
    },
    { name: 'signing-keys', after: ['connection'], run: (signal) => keySetFindings(service, signal) },
    { name: 'callers', after, run: async () => accessTokenSetUpFindings(await setUp(), service, algorithmOf) },
    { name: 'service-keys', run: async () => serviceKeyFindings(await reachable(), service) },
    { name: 'console', after, run: async () => consoleFindings(await setUp(), service) },
    {
      name: 'policy',
      // One in a file can be looked at without FusionAuth.
      ...(isOfFile ? {} : { after }),
      run: async () => {
        const found = await reachable();
        const readNames = found === null ? null : (kinds: readonly NamedKind[]) => reader.readPolicyNames(kinds);
        return policyFindings(await findPolicies(found, service), found, service, readNames);
      },
    },
    { name: 'database', run: () => databaseFindings(service) },
    { name: 'proxies', run: async () => proxyFindings(service) },
  ];
}

/** The checks that call other addresses than FusionAuth's and the database's. */
export function outsideChecks(service: ExaminedService, additions: Additions): readonly Check[] {
  const { readingKey, accessToken, credential, publicUrl } = additions;
  const setUp = once(() => service.fusionAuth.createSetUpReader(readingKey).read());
  return [
    {
      name: 'webhook-reach',
      after: ['connection', 'tenant'],
      run: async (signal) => webhookReachFindings(await setUp(), service, signal),
    },
    ...(accessToken === null
      ? []
      : [{ name: 'token', after: ['connection', 'signing-keys'], run: () => tokenFindings(accessToken, service) }]),
    { name: 'public-url', run: (signal) => publicUrlFindings(publicUrl, signal) },
    { name: 'cors', run: (signal) => corsFindings(publicUrl, service, signal) },
    { name: 'streams', run: (signal) => streamFindings(publicUrl, credential, signal) },
  ];
}

/** Runs work once, when it is first asked for. */
function once<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => {
    running ??= work();
    return running;
  };
}
