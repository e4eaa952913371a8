import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../src/config/config.js';
import { environment } from '../../src/config/environment.js';
import { secretNames } from '../../src/config/variables/secret-files.js';
import { maxLockWaitMs, maxStatementMs } from '../../src/postgres/migrations.js';
import { root, textOf } from '../support/pages.js';
import { faultsOf, type Manifest } from './manifests.js';

const folder = 'deploy/helm/fusionauth-sessions';
const chart: Readonly<Record<'name' | 'version' | 'appVersion', string>> = parse(textOf(`${folder}/Chart.yaml`));
const values: Values = {
  ...parse(textOf(`${folder}/values.yaml`)),
  env: { FUSIONAUTH_URL: 'https://auth.example.com' },
};
const schema: object = JSON.parse(textOf(`${folder}/values.schema.json`));

type Values = Readonly<Record<string, unknown>> & {
  readonly secrets: { readonly existingSecret: string; readonly names: readonly string[] };
};

/** Every option of the chart in use. */
const everything: Values = {
  ...values,
  env: { FUSIONAUTH_URL: 'https://auth.example.com', MAX_BODY_BYTES: 1_000_000, GRAPHIQL: false },
  policy: { version: 1, mode: 'observe', rules: [{ name: 'everyone', allow: 3 }] },
  image: { repository: 'registry.example.com/sessions', tag: '1.2.3', pullPolicy: 'Always' },
  imagePullSecrets: [{ name: 'registry' }],
  service: { type: 'LoadBalancer', port: 8080, annotations: { 'example.com/internal': 'true' } },
  networkPolicy: {
    enabled: true,
    clients: [{ namespaceSelector: { matchLabels: { team: 'shop' } } }],
    monitoring: [{ namespaceSelector: { matchLabels: { team: 'monitoring' } } }],
    egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/8' } }] }],
  },
  serviceAccount: { create: false, name: 'sessions' },
  podAnnotations: { 'prometheus.io/scrape': 'true' },
  podLabels: { team: 'identity' },
  nodeSelector: { 'kubernetes.io/arch': 'arm64' },
  tolerations: [{ key: 'dedicated', operator: 'Exists', effect: 'NoSchedule' }],
  affinity: { nodeAffinity: {} },
  priorityClassName: 'important',
  extraVolumes: [{ name: 'authority', configMap: { name: 'authority' } }],
  extraVolumeMounts: [{ name: 'authority', mountPath: '/etc/authority', readOnly: true }],
};

const nothingOptional: Values = {
  ...values,
  replicas: 1,
  secrets: { existingSecret: 'sessions', names: ['FUSIONAUTH_API_KEY'] },
  podDisruptionBudget: { enabled: false },
  networkPolicy: { enabled: false },
};

describe('the values of the chart', () => {
  const isValid = new Ajv({ strict: false }).compile(schema);

  it('are described by their schema, which knows the secrets of the service', () => {
    for (const some of [values, everything, nothingOptional]) {
      isValid(some);
      expect(isValid.errors).toBeNull();
    }
    isValid({ ...values, secrets: { existingSecret: 'all', names: secretNames } });
    expect(isValid.errors).toBeNull();
  });

  it.each<[string, object]>([
    ['no address of FusionAuth', { env: { FUSIONAUTH_URL: '' } }],
    ['a variable that the chart sets', { env: { FUSIONAUTH_URL: 'https://x', DRAIN_MS: 1 } }],
    ...secretNames.flatMap((name) =>
      [name, `${name}_FILE`].map((variable): [string, object] => [
        `the secret ${variable} in the open`,
        { env: { FUSIONAUTH_URL: 'https://x', [variable]: 'secret' } },
      ]),
    ),
    ['an unknown secret', { secrets: { existingSecret: 'x', names: ['FUSIONAUTH_API_KEY', 'PASSWORD'] } }],
    ['a misspelt option', { replica: 3 }],
  ])('are refused with %s', (_what, change) => {
    expect(isValid({ ...values, ...change })).toBe(false);
  });

  it('are for the version of the service', () => {
    expect(chart.appVersion).toBe(JSON.parse(textOf('package.json')).version);
  });
});

/** Go and the template functions that Helm uses. In CI they have to be there. */
const canRender =
  process.env['CI'] !== undefined || (hasGo() && existsSync('/usr/share/gocode/src/github.com/Masterminds/sprig'));
if (!canRender) process.stderr.write('SKIPPED: the chart is not rendered, for Go and sprig are not installed\n');

function hasGo(): boolean {
  return spawnSync('go', ['version']).status === 0;
}

describe.runIf(canRender)('the chart, rendered', () => {
  beforeAll(buildRenderer, 120_000);
  afterAll(() => rmSync(dirname(renderer), { recursive: true, force: true }));

  it('is what Kubernetes knows, without an unknown member, whatever the options', () => {
    expect(faultsOf([values, everything, nothingOptional].flatMap(render))).toEqual([]);
    const [first] = render(values);
    expect(faultsOf([{ ...first, spce: {} } as unknown as Manifest])).not.toEqual([]);
  });

  it.each([
    ['by default', values],
    ['with every option', everything],
    ['without anything optional', nothingOptional],
  ])('%s gives the service variables that it has, and a configuration that it accepts', (_name, some) => {
    const env = environmentOf(some);
    expect(Object.keys(env).filter((name) => !(name in environment.shape))).toEqual([]);
    const secrets = {
      FUSIONAUTH_API_KEY: 'key',
      SERVICE_KEYS: JSON.stringify([{ name: 'a', sha256: '0'.repeat(64), permissions: ['session:read'] }]),
      DATABASE_URL: 'postgres://sessions:password@db.example.com/sessions',
    };
    // The files that the variables name are mounted.
    const withoutFiles = Object.fromEntries(Object.entries(env).filter(([name]) => !name.endsWith('_FILE')));
    const files = Object.keys(env).filter((name) => name.endsWith('_FILE') && name !== 'POLICY_FILE');
    expect(files).toEqual(some.secrets.names.map((name) => `${name}_FILE`));
    expect(parseConfig({ ...secrets, ...withoutFiles })).toMatchObject({ ok: true, warnings: [] });
  });

  it('lets a replica drain and finish before it is killed', () => {
    const { DRAIN_MS, SHUTDOWN_TIMEOUT_MS } = environmentOf(everything);
    const { terminationGracePeriodSeconds } = podOf(everything);
    expect(terminationGracePeriodSeconds * 1_000).toBeGreaterThan(Number(DRAIN_MS) + Number(SHUTDOWN_TIMEOUT_MS));
  });

  it('lets a migration take as long as it may', () => {
    const { periodSeconds = 0, failureThreshold = 0 } = podOf(values).containers[0]?.startupProbe ?? {};
    expect(periodSeconds * failureThreshold * 1_000).toBeGreaterThan(maxLockWaitMs + maxStatementMs);
  });

  it('writes numbers as the service reads them', () => {
    expect(environmentOf(everything)).toMatchObject({ MAX_BODY_BYTES: '1000000', GRAPHIQL: 'false' });
  });

  it('runs as nobody with rights, on a file system that nothing can be written to', () => {
    const { securityContext, containers, automountServiceAccountToken } = podOf(values);
    expect(securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1_000 });
    expect(automountServiceAccountToken).toBe(false);
    expect(containers[0]?.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    });
  });

  it('mounts each secret where its variable says, and the policy as a folder, so that its changes arrive', () => {
    const { containers, volumes } = podOf(everything);
    const mounts = containers[0]?.volumeMounts ?? [];
    const secretFolder = mounts.find(({ name }) => name === 'secrets')?.mountPath;
    const items = volumes.find(({ name }) => name === 'secrets')?.secret?.items ?? [];
    const env = environmentOf(everything);
    for (const { key, path } of items) expect(env[`${key}_FILE`]).toBe(`${secretFolder}/${path}`);
    expect(items).toHaveLength(everything.secrets.names.length);
    expect(env['POLICY_FILE']).toBe(`${mounts.find(({ name }) => name === 'policy')?.mountPath}/policy.yaml`);
    expect(mounts.some((mount) => 'subPath' in mount)).toBe(false);
  });

  it('warns of replicas that share nothing', () => {
    const alone = { existingSecret: 'sessions', names: ['FUSIONAUTH_API_KEY'] };
    expect(renderFiles({ ...values, secrets: alone })['NOTES.txt']).toContain(
      'WARNING: 2 replicas without DATABASE_URL',
    );
    expect(renderFiles(values)['NOTES.txt']).not.toContain('WARNING');
  });
});

interface Pod {
  readonly terminationGracePeriodSeconds: number;
  readonly automountServiceAccountToken: boolean;
  readonly securityContext: object;
  readonly volumes: readonly {
    readonly name: string;
    readonly secret?: { readonly items: readonly { readonly key: string; readonly path: string }[] };
  }[];
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly securityContext: object;
    readonly startupProbe: { readonly periodSeconds: number; readonly failureThreshold: number };
    readonly volumeMounts: readonly { readonly name: string; readonly mountPath: string }[];
  }[];
}

/** Go's template engine, which takes longer to compile than to render. */
let renderer: string;

function buildRenderer(): void {
  renderer = join(mkdtempSync(join(tmpdir(), 'helm-')), 'render');
  execFileSync('go', ['build', '-o', renderer, 'scripts/helm/render.go'], {
    cwd: root,
    env: { ...process.env, GO111MODULE: 'off', GOPATH: '/usr/share/gocode' },
  });
}

function renderFiles(some: Values): Readonly<Record<string, string>> {
  const input = JSON.stringify({ values: some, chart });
  return JSON.parse(execFileSync(renderer, [folder], { cwd: root, input, encoding: 'utf8' }));
}

function render(some: Values): readonly Manifest[] {
  return Object.entries(renderFiles(some))
    .filter(([name, text]) => name.endsWith('.yaml') && text.trim() !== '')
    .map(([, text]) => parse(text, { version: '1.1' }) as Manifest);
}

function podOf(some: Values): Pod {
  const deployment = render(some).find(({ kind }) => kind === 'Deployment');
  return (deployment as unknown as { spec: { template: { spec: Pod } } }).spec.template.spec;
}

function environmentOf(some: Values): Readonly<Record<string, string>> {
  return Object.fromEntries(podOf(some).containers[0]?.env.map(({ name, value }) => [name, value]) ?? []);
}
