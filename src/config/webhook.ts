import type { z } from 'zod';
import type { WebhookOptions, WebhookSecrets } from '../webhook/webhook-receiver.js';
import type { environment } from './environment.js';

/** How the service takes FusionAuth's events. */
export interface WebhookConfig extends WebhookOptions {
  readonly maxBodyBytes: number;
}

type Values = z.output<typeof environment>;

/**
 * Null when it is not configured how to recognise FusionAuth: then no events are taken. The demo recognises it by its
 * signature.
 */
export function webhookOf(values: Values): WebhookConfig | null {
  const isDemo = values.FUSIONAUTH_URL === undefined;
  const { basic, header } = webhookSecretsOf(values);
  const signature = values.WEBHOOK_SIGNATURE ?? (isDemo ? 'jwks' : null);
  if (signature === null && basic === null && header === null) return null;
  return {
    signature,
    maxAgeSeconds: values.WEBHOOK_MAX_AGE_SECONDS,
    clockToleranceSeconds: values.WEBHOOK_CLOCK_TOLERANCE_SECONDS,
    handleTimeoutMs: values.WEBHOOK_HANDLE_TIMEOUT_MS,
    maxConcurrentDeliveries: values.WEBHOOK_MAX_CONCURRENT_DELIVERIES,
    maxBodyBytes: values.WEBHOOK_MAX_BODY_BYTES,
  };
}

export function webhookSecretsOf(values: Values): WebhookSecrets {
  const { WEBHOOK_USERNAME: username, WEBHOOK_PASSWORD: password } = values;
  const { WEBHOOK_HEADER_NAME: name, WEBHOOK_HEADER_VALUE: value } = values;
  return {
    hmacSecret: values.WEBHOOK_HMAC_SECRET ?? null,
    basic: username === undefined || password === undefined ? null : { username, password },
    header: name === undefined || value === undefined ? null : { name, value },
  };
}

const pairs = [
  ['WEBHOOK_USERNAME', 'WEBHOOK_PASSWORD'],
  ['WEBHOOK_HEADER_NAME', 'WEBHOOK_HEADER_VALUE'],
] as const;

/** Variables that need one by which FusionAuth is recognised. */
const detailsOfWebhook: ReadonlySet<string> = new Set([
  'WEBHOOK_MAX_AGE_SECONDS',
  'WEBHOOK_CLOCK_TOLERANCE_SECONDS',
  'WEBHOOK_HANDLE_TIMEOUT_MS',
  'WEBHOOK_MAX_BODY_BYTES',
  'WEBHOOK_MAX_CONCURRENT_DELIVERIES',
]);

/** Problems that one variable alone does not show. */
export function webhookContradictions(env: Readonly<Record<string, unknown>>): readonly string[] {
  const has = (name: string) => env[name] !== undefined;
  const problems: string[] = [];
  for (const [one, other] of pairs) {
    if (has(one) === has(other)) continue;
    problems.push(
      has(one) ? `${other}: is required together with ${one}` : `${one}: is required together with ${other}`,
    );
  }
  const isDemo = !has('FUSIONAUTH_URL') && env['NODE_ENV'] !== 'production';
  const isRecognised = ['WEBHOOK_SIGNATURE', ...pairs.flat()].some(has);
  if (!isDemo && !isRecognised) {
    const details = Object.keys(env).filter((name) => detailsOfWebhook.has(name));
    problems.push(
      ...details.map(
        (name) => `${name}: has no effect without WEBHOOK_SIGNATURE, WEBHOOK_USERNAME or WEBHOOK_HEADER_NAME`,
      ),
    );
  }
  const isHmac = env['WEBHOOK_SIGNATURE'] === 'hmac';
  if (isHmac && !has('WEBHOOK_HMAC_SECRET')) {
    problems.push('WEBHOOK_HMAC_SECRET: is required with WEBHOOK_SIGNATURE=hmac');
  }
  if (!isHmac && has('WEBHOOK_HMAC_SECRET')) {
    problems.push('WEBHOOK_HMAC_SECRET: is not accepted without WEBHOOK_SIGNATURE=hmac');
  }
  if (has('WEBHOOK_USERNAME') && `${env['WEBHOOK_HEADER_NAME']}`.toLowerCase() === 'authorization') {
    problems.push('WEBHOOK_HEADER_NAME: must be another header than that of WEBHOOK_USERNAME');
  }
  if (isDemo) {
    const ways = ['WEBHOOK_SIGNATURE', ...pairs.map(([name]) => name)].filter(has);
    problems.push(
      ...ways.map((name) => `${name}: is not accepted without FUSIONAUTH_URL: the demo has its own webhook`),
    );
  }
  return problems;
}
