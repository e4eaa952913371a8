import type { TenantId } from '../domain/ids.js';
import type { FusionAuthSetUp, Read } from '../fusionauth/set-up.js';
import type { WebhookSetUp } from '../fusionauth/set-up-records.js';
import { asymmetricAlgorithms } from '../tokens/signature-algorithms.js';
import { isSameText } from '../webhook/constant-time.js';
import type { ExaminedService } from './examined-service.js';
import { type Found, listOf, notChecked, ok, problem, warning } from './found.js';
import { howToConnect, neededEvents, neededTypes, webhookPath } from './needed-events.js';

/** The webhooks of FusionAuth that lead to the service, wherever it is. */
export function ownWebhooks(webhooks: readonly WebhookSetUp[]): readonly WebhookSetUp[] {
  return webhooks.filter(({ url }) => URL.canParse(url) && new URL(url).pathname.endsWith(webhookPath));
}

/** The other two switches of each event, the webhook's and its tenants, and whether the service recognises it. */
export async function webhookFindings(
  { webhooks, tenants }: FusionAuthSetUp,
  hasPolicy: boolean,
  { config, secrets }: ExaminedService,
  readKeyAlgorithm: (keyId: string) => Promise<Read<string>>,
): Promise<readonly Found[]> {
  const { webhook: expected } = config;
  if (expected === null) return [];
  if (!webhooks.isRead) {
    const message = `The webhook was not looked at, because ${webhooks.why}. Run fusionauth-sessions doctor with --key-file, or see under Settings > Webhooks that one has a URL that ends in ${webhookPath}, a signing key, and the events ${neededTypes(hasPolicy)}.`;
    return [notChecked(message)];
  }
  const own = ownWebhooks(webhooks.value);
  const [webhook, ...others] = own;
  if (webhook === undefined) {
    const message = `FusionAuth has no webhook whose URL ends in ${webhookPath}: no event reaches the service. ${howToConnect(hasPolicy)}`;
    return [problem(message)];
  }
  const found: Found[] = [];
  if (others.length > 0) {
    const message = `FusionAuth has ${own.length} webhooks for the service, so events come several times: ${listOf(own.map(urlOf))}. Keep one of them for each tenant.`;
    if (own.some(({ tenantIds }) => tenantIds === null)) found.push(warning(message));
  }
  const missed = (tenants.isRead ? tenants.value : []).filter(({ id }) => !own.some((one) => reaches(one, id)));
  for (const { id, name } of missed) {
    const message = `No webhook for the service has the tenant ${name ?? id}. Tick the tenant, or "All tenants", under Settings > Webhooks > Tenants.`;
    found.push(problem(message, id));
  }
  for (const one of own) found.push(...eventsOf(one, hasPolicy), ...recognitionOf(one, { config, secrets }));
  for (const one of own) {
    const { signingKeyId } = one;
    if (expected.signature !== null && signingKeyId !== null) {
      found.push(...signingKeyOf(urlOf(one), expected.signature, await algorithmOf(signingKeyId, readKeyAlgorithm)));
    }
    const isShort = one.readTimeoutMs !== null && one.readTimeoutMs <= expected.handleTimeoutMs;
    if (isShort) {
      const message = `${urlOf(one)}: the read timeout of ${one.readTimeoutMs} ms is not longer than WEBHOOK_HANDLE_TIMEOUT_MS (${expected.handleTimeoutMs}), so FusionAuth gives deliveries up that the service takes. Set a longer one under Settings > Webhooks.`;
      found.push(warning(message));
    }
  }
  return found;
}

const reaches = ({ tenantIds }: WebhookSetUp, id: TenantId) => tenantIds === null || tenantIds.includes(id);

/** The URL without the parts that may be secret. */
export function urlOf({ url }: Pick<WebhookSetUp, 'url'>): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`.slice(0, 200);
}

function eventsOf(webhook: WebhookSetUp, hasPolicy: boolean): readonly Found[] {
  const needed = neededEvents(hasPolicy);
  const where = `under Settings > Webhooks > Events`;
  const faults = needed
    .filter(({ type }) => !webhook.events.has(type))
    .map(({ type, without, isEssential }) => {
      const message = `${type} is off in the webhook ${urlOf(webhook)}: ${without}. Switch it on ${where}.`;
      return isEssential ? problem(message) : warning(message);
    });
  const right = needed.map(({ type }) => type).filter((type) => webhook.events.has(type));
  return right.length === 0 ? faults : [...faults, ok(`On in the webhook ${urlOf(webhook)}: ${right.join(', ')}.`)];
}

/** Whether the webhook sends what the service demands. Secrets are compared, and never shown. */
function recognitionOf(
  webhook: WebhookSetUp,
  { config, secrets }: Pick<ExaminedService, 'config' | 'secrets'>,
): Found[] {
  const { basic, header } = secrets.webhook;
  const url = urlOf(webhook);
  const found: Found[] = [];
  if (config.webhook?.signature != null && webhook.signingKeyId === null) {
    const message = `The webhook ${url} does not sign its deliveries, and WEBHOOK_SIGNATURE asks for it: each is refused. Switch on "Sign events" under Settings > Webhooks > Security.`;
    found.push(problem(message));
  }
  const isSame = (sent: string | null | undefined, expected: string) => sent != null && isSameText(sent, expected);
  if (basic !== null && !(isSame(webhook.username, basic.username) && isSame(webhook.password, basic.password))) {
    const message = `The webhook ${url} sends another user name or password than WEBHOOK_USERNAME and WEBHOOK_PASSWORD: each delivery is refused. Enter the same under Settings > Webhooks > Security.`;
    found.push(problem(message));
  }
  if (header !== null && !isSame(webhook.headers.get(header.name), header.value)) {
    const message = `The webhook ${url} does not send the header of WEBHOOK_HEADER_NAME with the value of WEBHOOK_HEADER_VALUE: each delivery is refused. Enter it under Settings > Webhooks > Headers.`;
    found.push(problem(message));
  }
  return found;
}

async function algorithmOf(
  keyId: string,
  readKeyAlgorithm: (keyId: string) => Promise<Read<string>>,
): Promise<Read<string>> {
  return keyId === '' ? { isRead: false, why: 'FusionAuth names none' } : readKeyAlgorithm(keyId);
}

function signingKeyOf(url: string, signature: 'jwks' | 'hmac', algorithm: Read<string>): readonly Found[] {
  if (!algorithm.isRead) {
    return [notChecked(`The signing key of the webhook ${url} was not looked at, because ${algorithm.why}.`)];
  }
  const isRight = asymmetricAlgorithms.includes(algorithm.value) === (signature === 'jwks');
  if (isRight) return [ok(`The webhook ${url} signs its deliveries by ${algorithm.value}.`)];
  const remedy =
    signature === 'jwks'
      ? 'which is published nowhere. Choose an RSA or EC key under Settings > Webhooks > Security, or set WEBHOOK_SIGNATURE=hmac'
      : 'and WEBHOOK_SIGNATURE=hmac asks for an HMAC key. Choose one under Settings > Webhooks > Security, or set WEBHOOK_SIGNATURE=jwks';
  return [problem(`The webhook ${url} signs its deliveries by ${algorithm.value}, ${remedy}.`)];
}
