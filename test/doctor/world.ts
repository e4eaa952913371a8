import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDoctor } from '../../src/doctor-command.js';
import type { SetUpFinding } from '../../src/domain/set-up-finding.js';
import { MovableClock } from '../../src/emulator/clock.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { Webhook } from '../../src/emulator/store/instance-records.js';
import type { Application, JwtConfiguration, Tenant } from '../../src/emulator/store/records.js';
import { type SavedKey, SigningKeys } from '../../src/emulator/tokens/signing-keys.js';
import { serviceKeysVariable } from '../support/service-keys.js';

/** A FusionAuth that is set up as the guides say, to be spoilt, and the variables of a service in front of it. */
export interface World extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly shop: Application;
  readonly env: Record<string, string>;
  /** What the key of the service may do. */
  readonly endpoints: Record<string, string[]>;
  tenant(change: Partial<Tenant>): void;
  tokens(change: Partial<JwtConfiguration>): void;
  application(change: Partial<Application>): void;
  webhook(change: Partial<Webhook>): void;
  /** The path of a file that holds this. */
  file(text: string): Promise<string>;
  diagnose(args?: readonly string[], input?: string): Promise<Diagnosis>;
}

export interface Diagnosis {
  readonly findings: readonly SetUpFinding[];
  readonly exitCode: number;
  readonly output: string;
  readonly problem: string;
}

/** The value of a secret variable in tests, which no output may hold. */
export const secrets = {
  key: 'secret-key-of-fusionauth-1234567890',
  webhookPassword: 'secret-webhook-password-1234567890',
  clientSecret: 'secret-client-secret-1234567890',
};

export const shopId = 'a0000000-0000-4000-8000-000000000001';
const neededTypes = [
  'jwt.refresh-token.revoke',
  'jwt.refresh',
  'user.login.success',
  'user.registration.create.complete',
  'user.deactivate',
  'user.delete',
];

const webhookKeyId = 'e0000000-0000-4000-8000-000000000001';

/** Making RSA keys takes longer than all else. */
let savedKeys: Promise<readonly SavedKey[]> | undefined;

async function keysOfWorlds(): Promise<readonly SavedKey[]> {
  const keys = new SigningKeys(new MovableClock());
  keys.generate({ id: webhookKeyId, name: 'Webhook', algorithm: 'RS256' });
  return keys.save();
}

/** @param serviceUrl Where a service with a webhook listens. */
export async function createWorld(serviceUrl: string): Promise<World> {
  const emulator = await startEmulator();
  const { store, keys, tenantId } = emulator;
  const folder = await mkdtemp(join(tmpdir(), 'doctor-'));
  const endpoints: Record<string, string[]> = {
    '/api/jwt/refresh': ['GET', 'DELETE'],
    '/api/user/search': ['POST'],
    '/api/application': ['GET'],
    '/api/tenant': ['GET'],
    '/api/system/login-record/search': ['POST'],
    // For doctor alone.
    '/api/webhook': ['GET'],
    '/api/group': ['GET'],
    '/api/key': ['GET'],
    '/api/system/version': ['GET'],
  };
  store.addApiKey({ key: secrets.key, permissions: { endpoints } });
  savedKeys ??= keysOfWorlds();
  await keys.load(await savedKeys);
  const roles = [{ id: shopId, name: 'support', isDefault: false, isSuperRole: false }].map((role) => ({
    ...role,
    insertInstant: 0,
    lastUpdateInstant: 0,
  }));
  const shop = store.addApplication({
    id: shopId,
    name: 'Acme Shop',
    roles,
    jwtConfiguration: { enabled: true, timeToLiveInSeconds: 600 },
    oauthConfiguration: { clientSecret: secrets.clientSecret },
  });
  store.enableEvents(neededTypes);
  const webhook = store.addWebhook({
    url: `${serviceUrl}/webhooks/fusionauth`,
    readTimeout: 5_000,
    signatureConfiguration: { enabled: true, signingKeyId: webhookKeyId },
    eventsEnabled: Object.fromEntries(neededTypes.map((type) => [type, true])),
  });
  const env: Record<string, string> = {
    FUSIONAUTH_URL: emulator.url,
    FUSIONAUTH_API_KEY: secrets.key,
    FUSIONAUTH_TENANT_ID: tenantId,
    FUSIONAUTH_MAX_ATTEMPTS: '1',
    SERVICE_KEYS: serviceKeysVariable({ name: 'shop', key: 'a-key-of-the-shop' }),
    WEBHOOK_SIGNATURE: 'jwks',
    ACCESS_TOKEN_ISSUERS: 'acme.com',
    ACCESS_TOKEN_AUDIENCES: shopId,
    ACCESS_TOKEN_PERMISSIONS: '{"roles":{"support":["session:read"]}}',
    PUBLIC_URL: serviceUrl,
  };
  let files = 0;
  const tenantOf = () => store.tenantOrThrow(tenantId);
  return {
    emulator,
    shop,
    env,
    endpoints,
    tenant: (change) => void store.tenants.set(tenantId, { ...tenantOf(), ...change }),
    tokens: (change) => {
      const jwtConfiguration = { ...shop.jwtConfiguration, ...change };
      store.applications.set(shopId, { ...shop, jwtConfiguration });
    },
    application: (change) => void store.applications.set(shopId, { ...shop, ...change }),
    webhook: (change) => void store.webhooks.set(webhook.id, { ...webhook, ...change }),
    async file(text) {
      const path = join(folder, `${files++}`);
      await writeFile(path, text);
      return path;
    },
    async diagnose(args = [], input = '') {
      const { output, problem, exitCode } = await runDoctor(['--json', ...args], env, chunks(input));
      const findings = output === '' ? [] : (JSON.parse(output) as { findings: SetUpFinding[] }).findings;
      return { findings, exitCode, output, problem };
    },
    async [Symbol.asyncDispose]() {
      await emulator[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

async function* chunks(text: string) {
  yield text;
}
