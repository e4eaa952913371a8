import { describe, expect, it } from 'vitest';
import { type Config, parseConfig, type Secrets } from '../../src/config/config.js';

type Environment = Parameters<typeof parseConfig>[0];

const fusionAuth = { FUSIONAUTH_URL: 'https://auth.example.com', FUSIONAUTH_API_KEY: 'the-api-key' };
const hmacSecret = 'the-secret-of-the-hmac-signing-key-in-base64';
const password = 'the-password-of-fusionauth';
const headerValue = 'the-value-of-the-header';

function accepted(env: Environment): { config: Config; secrets: Secrets } {
  const parsed = parseConfig({ ...fusionAuth, ...env });
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed;
}

function problems(env: Environment): readonly string[] {
  const parsed = parseConfig({ ...fusionAuth, ...env });
  return parsed.ok ? [] : parsed.problems;
}

describe('the webhook', () => {
  it('is off in front of a FusionAuth that nothing says how to recognise', () => {
    expect(accepted({}).config.webhook).toBeNull();
    expect(accepted({}).config.webhook).toBeNull();
  });

  it('verifies by key set in the demo, without any variable', () => {
    const parsed = parseConfig({});
    expect(parsed.ok && parsed.config.webhook).toMatchObject({ signature: 'jwks', maxAgeSeconds: 300 });
  });

  it('has bounds that are documented', () => {
    expect(accepted({ WEBHOOK_SIGNATURE: 'jwks' }).config.webhook).toEqual({
      signature: 'jwks',
      maxAgeSeconds: 300,
      clockToleranceSeconds: 30,
      handleTimeoutMs: 1_000,
      maxConcurrentDeliveries: 200,
      maxBodyBytes: 1_048_576,
    });
  });

  it('can be recognised in every way at once', () => {
    const { config, secrets } = accepted({
      WEBHOOK_SIGNATURE: 'hmac',
      WEBHOOK_HMAC_SECRET: hmacSecret,
      WEBHOOK_USERNAME: 'fusionauth',
      WEBHOOK_PASSWORD: password,
      WEBHOOK_HEADER_NAME: 'X-Webhook-Secret',
      WEBHOOK_HEADER_VALUE: headerValue,
    });
    expect(config.webhook?.signature).toBe('hmac');
    expect(secrets.webhook).toEqual({
      hmacSecret,
      basic: { username: 'fusionauth', password },
      header: { name: 'x-webhook-secret', value: headerValue },
    });
    for (const secret of [hmacSecret, password, headerValue]) expect(JSON.stringify(config)).not.toContain(secret);
  });

  it.each<[Environment, string]>([
    [{ WEBHOOK_SIGNATURE: 'hmac' }, 'WEBHOOK_HMAC_SECRET: is required with WEBHOOK_SIGNATURE=hmac'],
    [{ WEBHOOK_HMAC_SECRET: hmacSecret }, 'WEBHOOK_HMAC_SECRET: is not accepted without WEBHOOK_SIGNATURE=hmac'],
    [
      { WEBHOOK_SIGNATURE: 'jwks', WEBHOOK_HMAC_SECRET: hmacSecret },
      'WEBHOOK_HMAC_SECRET: is not accepted without WEBHOOK_SIGNATURE=hmac',
    ],
    [{ WEBHOOK_USERNAME: 'hook' }, 'WEBHOOK_PASSWORD: is required together with WEBHOOK_USERNAME'],
    [{ WEBHOOK_PASSWORD: password }, 'WEBHOOK_USERNAME: is required together with WEBHOOK_PASSWORD'],
    [{ WEBHOOK_HEADER_NAME: 'x-secret' }, 'WEBHOOK_HEADER_VALUE: is required together with WEBHOOK_HEADER_NAME'],
    [{ WEBHOOK_HEADER_VALUE: headerValue }, 'WEBHOOK_HEADER_NAME: is required together with WEBHOOK_HEADER_VALUE'],
    [
      {
        WEBHOOK_USERNAME: 'hook',
        WEBHOOK_PASSWORD: password,
        WEBHOOK_HEADER_NAME: 'Authorization',
        WEBHOOK_HEADER_VALUE: headerValue,
      },
      'WEBHOOK_HEADER_NAME: must be another header than that of WEBHOOK_USERNAME',
    ],
    [
      { FUSIONAUTH_URL: '', FUSIONAUTH_API_KEY: '', WEBHOOK_SIGNATURE: 'jwks' },
      'WEBHOOK_SIGNATURE: is not accepted without FUSIONAUTH_URL: the demo has its own webhook',
    ],
  ])('that contradicts itself is refused: %j', (env, problem) => {
    expect(problems(env)).toEqual([problem]);
  });

  it.each([
    ['WEBHOOK_SIGNATURE', 'JWKS'],
    ['WEBHOOK_SIGNATURE', 'none'],
    ['WEBHOOK_HMAC_SECRET', 'hunter2'],
    ['WEBHOOK_HMAC_SECRET', `hunter2 ${'x'.repeat(32)}`],
    ['WEBHOOK_USERNAME', 'hunter2:x'],
    ['WEBHOOK_PASSWORD', 'hunter2'],
    ['WEBHOOK_HEADER_NAME', 'x hunter2'],
    ['WEBHOOK_HEADER_VALUE', 'hunter2'],
    ['WEBHOOK_HEADER_VALUE', `hunter2 ${'ü'.repeat(16)}`],
    ['WEBHOOK_MAX_AGE_SECONDS', '0'],
    ['WEBHOOK_CLOCK_TOLERANCE_SECONDS', '301'],
    ['WEBHOOK_HANDLE_TIMEOUT_MS', '10001'],
    ['WEBHOOK_MAX_BODY_BYTES', '1MiB'],
    ['WEBHOOK_MAX_CONCURRENT_DELIVERIES', '0'],
  ])('names a value that is not usable, and does not repeat it: %s=%s', (name, value) => {
    const found = problems({ [name]: value });
    expect(found).toContainEqual(expect.stringMatching(new RegExp(`^${name}: must `)));
    expect(found.join()).not.toContain('hunter2');
  });

  it('has every problem reported at once', () => {
    expect(
      problems({ WEBHOOK_SIGNATURE: 'x', WEBHOOK_USERNAME: 'a:b', WEBHOOK_HEADER_NAME: 'x-a', PORT: 'x' }),
    ).toEqual([
      expect.stringMatching(/^PORT: /),
      expect.stringMatching(/^WEBHOOK_SIGNATURE: /),
      expect.stringMatching(/^WEBHOOK_USERNAME: /),
      'WEBHOOK_PASSWORD: is required together with WEBHOOK_USERNAME',
      'WEBHOOK_HEADER_VALUE: is required together with WEBHOOK_HEADER_NAME',
    ]);
  });
});
