import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { environment } from '../../src/config/environment.js';
import { loadConfig } from '../../src/config/load-config.js';
import { secretNames } from '../../src/config/variables/secret-files.js';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'slips-'));
});

afterAll(() => rm(folder, { recursive: true }));

async function fileWith(content: string | Uint8Array): Promise<string> {
  const path = join(folder, `${Math.random()}`);
  await writeFile(path, content);
  return path;
}

async function problemsOf(env: Readonly<Record<string, string>>): Promise<readonly string[]> {
  const loaded = await loadConfig({ FUSIONAUTH_URL: 'http://127.0.0.1:1', FUSIONAUTH_API_KEY: 'key', ...env });
  return loaded.ok ? [] : loaded.problems;
}

const hash = 'a'.repeat(64);

describe('a configuration with many mistakes', () => {
  it('is answered by a line for each, with what would be right, and without a secret', async () => {
    const policy = await fileWith(
      'version: 1\nmode: enforce\nmode: observe\nrules:\n  - { name: a, allow: 1, allow: 2 }\n',
    );
    const problems = await problemsOf({
      NODE_ENV: 'prod',
      HOST: '[::1]',
      PORT: '70000',
      MANAGEMENT_PORT: '0x10',
      LOG_LEVEL: 'info ',
      DRAIN_MS: '5s',
      TRUSTED_PROXIES: '10.0.0.0/33',
      BASE_PATH: 'sessions/',
      FUSIONAUTH_URL: 'https://user:s3cret-of-url@auth.example.com/',
      FUSIONAUTH_API_KEY: '"s3cret-of-key"',
      FUSIONAUTH_TENANT_ID: ' 30663132-6464-6665-3032-326466613934',
      FUSIONAUTH_REQUEST_TIMEOUT_MS: '5m',
      FUSIONAUTH_REQUEST_TIMOUT: '3',
      MAX_BODY_BYTES: '1MB',
      SERVICE_KEYS: JSON.stringify([{ name: 'shop', sha256: 'ABC', permission: ['session:read'] }]),
      ACCESS_TOKEN_PERMISSIONS: '{"role":{"support":["session:read"]},"scopes":{"x":"session:read"}}',
      WEBHOOK_PASSWORD: 's3cret-of-the-webhook ',
      WEBHOOK_PASWORD: 's3cret-of-the-webhook',
      CORS_ORIGIN: 'https://a.example.com',
      DATABASE_URL: 'postgres://u:s3cret-of-database@[::1]:5432',
      fusionauth_url: 'http://x',
      GRAPHIQL: 'yes\r',
      POLICY_FILE: policy,
    });
    const lines = [
      'NODE_ENV: must be',
      'HOST: must be an IP address or a host name alone, without scheme, brackets and port',
      'PORT: must be from 0 to 65535',
      'MANAGEMENT_PORT: must be a whole number from 0 to 65535',
      'silent. It has white space at its ends',
      'DRAIN_MS: must be a whole number from 0 to 300000: milliseconds, in digits alone',
      'TRUSTED_PROXIES.0: must be none, or addresses and subnets such as 10.0.0.0/8',
      'BASE_PATH: must begin with a slash and end without one',
      'FUSIONAUTH_URL: must be a URL such as https://auth.example.com',
      'FUSIONAUTH_API_KEY: must be without the quotation marks around it, which docker --env-file keeps',
      'FUSIONAUTH_TENANT_ID: must be a UUID. It has white space at its ends',
      'FUSIONAUTH_REQUEST_TIMEOUT_MS: must be a whole number from 1 to 60000: milliseconds, in digits alone',
      'FUSIONAUTH_REQUEST_TIMOUT: is not a variable of this service; FUSIONAUTH_REQUEST_TIMEOUT_MS may be meant',
      'MAX_BODY_BYTES: must be a whole number from 1 to 10000000: bytes, in digits alone',
      'SERVICE_KEYS.0.sha256: must be the SHA-256 of the key as 64 hex digits',
      'SERVICE_KEYS.0.permissions: must be a list of permissions such as ["session:read"]',
      'SERVICE_KEYS.0: has no member "permission": must be {name, sha256, permissions,',
      'ACCESS_TOKEN_PERMISSIONS: has no member "role": must be {"roles": {…}, "scopes": {…}}',
      'ACCESS_TOKEN_PERMISSIONS.scopes.x: must be a list of permissions such as ["session:read"]',
      'WEBHOOK_PASSWORD: must be without the white space at its ends',
      'WEBHOOK_PASWORD: is not a variable of this service; WEBHOOK_PASSWORD may be meant',
      'CORS_ORIGIN: is not a variable of this service; CORS_ORIGINS may be meant',
      'DATABASE_URL: must be a URL postgres://user:password@host:port/database',
      'fusionauth_url: is not a variable of this service; FUSIONAUTH_URL may be meant',
      'GRAPHIQL: must be true or false. It has a carriage return: save its file with the line ends of Unix',
      `POLICY_FILE: ${policy}:3:1: is here twice: mode`,
      `POLICY_FILE: ${policy}:5:26: is here twice: allow`,
    ];
    for (const line of lines) expect(problems).toContainEqual(expect.stringContaining(line));
    expect(problems.filter((problem) => /[\r\n]|Invalid|expected|received/.test(problem))).toEqual([]);
    expect(problems.join()).not.toContain('s3cret');
  });
});

describe('quotation marks around a value', () => {
  it.each(Object.keys(environment.shape))('are named, of %s', async (name) => {
    for (const mark of ['"', "'"]) {
      const problems = await problemsOf({ [name]: `${mark}a value of many characters${mark}` });
      const ofName = problems.filter((problem) => problem.startsWith(`${name}:`));
      expect(ofName).toContain(`${name}: must be without the quotation marks around it, which docker --env-file keeps`);
      // The path of a file is no secret.
      if (!name.endsWith('_FILE')) expect(problems.join()).not.toContain('a value of');
    }
  });
});

describe('white space around a value', () => {
  it.each(secretNames.filter((name) => name !== 'SERVICE_KEYS'))('is never part of a secret: %s', async (name) => {
    for (const value of [' abcdefghijklmnopqrstuvwxyz0123456789', 'abcdefghijklmnopqrstuvwxyz0123456789\t']) {
      const problems = await problemsOf({ [name]: value });
      expect(problems).toContain(`${name}: must be without the white space at its ends`);
      expect(problems.join()).not.toContain('abcdefg');
    }
  });

  it('does no harm around JSON, and between what commas separate', async () => {
    const keys = `\n  [{ "name": "shop", "sha256": "${hash}", "permissions": ["session:read"] }]\n`;
    const env = { SERVICE_KEYS: keys, ACCESS_TOKEN_ISSUERS: 'a.example.com, ', ACCESS_TOKEN_AUDIENCES: ' shop ' };
    expect(await problemsOf(env)).toEqual([]);
  });
});

describe('a file of a secret', () => {
  const problemsOfFile = async (content: string | Uint8Array, more: Readonly<Record<string, string>> = {}) => {
    const path = await fileWith(content);
    const problems = await problemsOf({ FUSIONAUTH_API_KEY: '', FUSIONAUTH_API_KEY_FILE: path, ...more });
    return problems.map((problem) => problem.replace(path, 'PATH'));
  };

  it('may begin with the mark of editors on Windows', async () => {
    const path = await fileWith('\uFEFFthe-api-key\r\n');
    const env = { FUSIONAUTH_URL: 'http://127.0.0.1:1', FUSIONAUTH_API_KEY_FILE: path };
    expect(await loadConfig(env)).toMatchObject({ ok: true, secrets: { fusionAuthApiKey: 'the-api-key' } });
  });

  it('is text in UTF-8', async () => {
    const problem = 'FUSIONAUTH_API_KEY_FILE: PATH is not text in UTF-8. Save it as such';
    expect(await problemsOfFile(Buffer.from('\uFEFFthe-api-key', 'utf16le'))).toEqual([problem]);
    expect(await problemsOfFile(Buffer.from('the-api-key', 'utf16le'))).toEqual([problem]);
    expect(await problemsOfFile(Uint8Array.of(0xe9, 0x70))).toEqual([problem]);
  });

  it('holds no quotation marks around the secret', async () => {
    expect(await problemsOfFile('"the-api-key"\n')).toEqual([
      'FUSIONAUTH_API_KEY: must be without the quotation marks around it, which docker --env-file keeps',
    ]);
  });

  it('that cannot be read does not hide what else is wrong', async () => {
    expect(await problemsOfFile('', { PORT: '70000' })).toEqual([
      'FUSIONAUTH_API_KEY_FILE: PATH is empty',
      'PORT: must be from 0 to 65535',
    ]);
  });
});
