import { randomUUID } from 'node:crypto';
import pLimit from 'p-limit';
import { generalError } from '../http/errors-json.js';
import type { EventInfo } from '../http/json-schemas.js';
import type { Webhook } from '../store/instance-records.js';
import type { TransactionType } from '../store/records.js';
import type { Store } from '../store/store.js';
import { canBeTransactional, type EventType } from './event-types.js';
import { isSatisfied } from './transaction.js';
import type { WebhookSender } from './webhook-sender.js';

/** An event to fire: everything but what the publisher adds, an id and the instant. */
export interface EventDraft {
  readonly type: EventType;
  readonly tenantId: string;
  readonly info?: EventInfo | undefined;
  readonly [member: string]: unknown;
}

/**
 * Under a transaction that succeeded FusionAuth sends to a webhook that failed up to three more times, back to back.
 * Under the type None it sends once and forgets (documentation, writing a webhook, retries).
 */
const retries = 3;

/** Deliveries under way at once, and waiting behind them. Beyond that events are lost, as FusionAuth warns. */
const concurrentDeliveries = 32;
const maximumWaitingDeliveries = 10_000;

/** Fires events at the webhooks that want them, with FusionAuth's transactions and retries. Deliveries are bounded. */
export class EventPublisher {
  /** Switch for tests: how many times more each event is delivered. FusionAuth promises at least one delivery. */
  duplicates = 0;

  readonly #store: Store;
  readonly #sender: WebhookSender;
  readonly #limit = pLimit(concurrentDeliveries);
  readonly #underWay = new Set<Promise<void>>();

  constructor(store: Store, sender: WebhookSender) {
    this.#store = store;
    this.#sender = sender;
  }

  /**
   * Carries out an operation together with its event.
   *
   * In a transaction the webhooks are asked first and `commit` runs when enough agreed, so that nothing is visible
   * before. Otherwise `commit` runs at once and the event follows, fire and forget; it is not fired when `commit`
   * throws.
   *
   * @throws ApiError 504 `[WebhookTransactionException]` when not enough webhooks agreed. Nothing was done then.
   */
  async around<T>(draft: EventDraft, commit: () => T): Promise<T> {
    const webhooks = this.#webhooksFor(draft);
    const body = webhooks.length === 0 ? '' : this.#body(draft);
    if (webhooks.length === 0 || this.#transactionType(draft) === 'None') {
      const result = commit();
      this.#deliver(webhooks, body, 1);
      return result;
    }
    await this.#askAll(draft, webhooks, body);
    return commit();
  }

  /**
   * Fires an event ahead of what it announces. In a transaction it waits for the webhooks; otherwise it does not wait.
   *
   * @throws ApiError 504 as {@link around}.
   */
  async before(draft: EventDraft): Promise<void> {
    await this.around(draft, () => undefined);
  }

  /** Fires an event of what has happened already. It waits for nobody. */
  after(draft: EventDraft): void {
    const webhooks = this.#webhooksFor(draft);
    if (webhooks.length > 0) this.#deliver(webhooks, this.#body(draft), 1);
  }

  /** Publishes that kickstart is done: an event of the instance, which no tenant can switch off and nothing waits for. */
  kickstartSucceeded(): void {
    const type = 'kickstart.success';
    const webhooks = [...this.#store.webhooks.values()].filter(({ eventsEnabled }) => eventsEnabled[type] === true);
    const createInstant = this.#store.clock.now();
    const event = { createInstant, id: randomUUID(), info: {}, instanceId: this.#store.instanceId, type };
    this.#deliver(webhooks, JSON.stringify({ event }), 1);
  }

  /** Resolves once no delivery and no retry is under way. */
  async settled(): Promise<void> {
    while (this.#underWay.size > 0) {
      await Promise.all(this.#underWay);
    }
  }

  async #askAll(draft: EventDraft, webhooks: readonly Webhook[], body: string): Promise<void> {
    const outcomes = await Promise.all(
      webhooks.map(async (webhook) => ({ webhook, succeeded: await this.#sender.send(webhook, body) })),
    );
    const failed = outcomes.filter(({ succeeded }) => !succeeded).map(({ webhook }) => webhook);
    if (!isSatisfied(this.#transactionType(draft), webhooks.length - failed.length, webhooks.length)) {
      throw generalError(
        '[WebhookTransactionException]',
        'One or more webhooks returned an invalid response or were unreachable. Based on your transaction configuration, your action cannot be completed.',
        504,
      );
    }
    this.#deliver(failed, body, retries);
    this.#deliverDuplicates(
      webhooks.filter((webhook) => !failed.includes(webhook)),
      body,
    );
  }

  #deliver(webhooks: readonly Webhook[], body: string, attempts: number): void {
    for (const webhook of webhooks) {
      this.#inBackground(() => this.#sendWithRetries(webhook, body, attempts));
    }
    this.#deliverDuplicates(webhooks, body);
  }

  #deliverDuplicates(webhooks: readonly Webhook[], body: string): void {
    for (let count = 0; count < this.duplicates; count += 1) {
      for (const webhook of webhooks) {
        this.#inBackground(() => this.#sendWithRetries(webhook, body, 1));
      }
    }
  }

  async #sendWithRetries(webhook: Webhook, body: string, attempts: number): Promise<void> {
    const { closing } = this.#sender;
    for (let attempt = 1; attempt <= attempts && !closing.aborted; attempt += 1) {
      if (await this.#sender.send(webhook, body)) {
        return;
      }
    }
  }

  #inBackground(work: () => Promise<void>): void {
    if (this.#limit.pendingCount >= maximumWaitingDeliveries) {
      return;
    }
    const done = this.#limit(work).finally(() => this.#underWay.delete(done));
    this.#underWay.add(done);
  }

  /** All three switches must be on: the tenant's, the webhook's, and the webhook's scope. */
  #webhooksFor({ type, tenantId }: EventDraft): Webhook[] {
    if (this.#store.tenants.get(tenantId)?.eventConfiguration.events[type]?.enabled !== true) {
      return [];
    }
    return [...this.#store.webhooks.values()].filter(
      (webhook) =>
        webhook.eventsEnabled[type] === true && (webhook.global || webhook.tenantIds?.includes(tenantId) === true),
    );
  }

  #transactionType({ type, tenantId }: EventDraft): TransactionType {
    const configured = this.#store.tenants.get(tenantId)?.eventConfiguration.events[type]?.transactionType;
    return canBeTransactional(type) ? (configured ?? 'None') : 'None';
  }

  #body({ type, tenantId, info, ...members }: EventDraft): string {
    const createInstant = this.#store.clock.now();
    return JSON.stringify({ event: { createInstant, id: randomUUID(), info: info ?? {}, tenantId, type, ...members } });
  }
}
