import { createHash } from 'node:crypto';
import { SignJWT } from 'jose';
import { Agent, request } from 'undici';
import type { Webhook } from '../store/instance-records.js';
import type { SigningKeys } from '../tokens/signing-keys.js';

/** Sends events to webhooks, one attempt at a time. Dispose it to abort attempts under way. */
export class WebhookSender implements AsyncDisposable {
  readonly #keys: SigningKeys;
  readonly #agents = new Map<number, Agent>();
  readonly #closing = new AbortController();

  constructor(keys: SigningKeys) {
    this.#keys = keys;
  }

  /** Aborts when the sender is disposed. */
  get closing(): AbortSignal {
    return this.#closing.signal;
  }

  /** Posts the body. True for an answer of 2xx within the webhook's timeouts; everything else is a failure. */
  async send(webhook: Webhook, body: string): Promise<boolean> {
    try {
      const answer = await request(webhook.url, {
        method: 'POST',
        body,
        headers: await this.#headers(webhook, body),
        dispatcher: this.#agent(webhook.connectTimeout),
        headersTimeout: webhook.readTimeout,
        bodyTimeout: webhook.readTimeout,
        signal: AbortSignal.any([
          this.#closing.signal,
          AbortSignal.timeout(webhook.connectTimeout + webhook.readTimeout),
        ]),
      });
      await answer.body.dump();
      return answer.statusCode >= 200 && answer.statusCode < 300;
    } catch {
      return false;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#closing.abort();
    await Promise.all([...this.#agents.values()].map((agent) => agent.destroy()));
  }

  /** One agent per connect timeout, which undici sets per agent and not per request. */
  #agent(connectTimeoutMs: number): Agent {
    const known = this.#agents.get(connectTimeoutMs);
    if (known !== undefined) {
      return known;
    }
    const agent = new Agent({ connect: { timeout: connectTimeoutMs } });
    this.#agents.set(connectTimeoutMs, agent);
    return agent;
  }

  async #headers(webhook: Webhook, body: string): Promise<Record<string, string>> {
    const headers: Record<string, string> = { ...webhook.headers, 'content-type': 'application/json' };
    const { httpAuthenticationUsername: username, httpAuthenticationPassword: password } = webhook;
    if (username !== undefined && password !== undefined) {
      headers['authorization'] = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
    }
    if (webhook.signatureConfiguration?.enabled === true) {
      headers['x-fusionauth-signature-jwt'] = await this.#sign(webhook.signatureConfiguration.signingKeyId, body);
    }
    return headers;
  }

  /**
   * The signature of FusionAuth's documentation (events and webhooks, signing): a JWT whose only claim is the Base64
   * SHA-256 of the body. It has neither `iat` nor `exp`.
   */
  async #sign(signingKeyId: string | undefined, body: string): Promise<string> {
    const key = await this.#keys.material(signingKeyId);
    const digest = createHash('sha256').update(body).digest('base64');
    return new SignJWT({ request_body_sha256: digest })
      .setProtectedHeader({ alg: key.jwsAlgorithm, typ: 'JWT', kid: key.kid })
      .sign(key.signingKey);
  }
}
