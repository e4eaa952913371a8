import type { EmulatorContext } from '../context.js';
import type { FaultSwitches } from '../faults.js';
import { type Snapshot, snapshotVersion } from './snapshot.js';

/** What an emulator holds, as one value that can be saved, loaded and gone back to. */
export class EmulatorState {
  readonly #context: EmulatorContext;
  readonly #faults: FaultSwitches;
  /** As text, which nothing can change. */
  #start: string | undefined;

  constructor(context: EmulatorContext, faults: FaultSwitches) {
    this.#context = context;
    this.#faults = faults;
  }

  /** Has {@link reset} come back to what there is now. */
  async keepAsStart(): Promise<void> {
    this.#start = JSON.stringify(await this.save());
  }

  /**
   * Goes back to the start, without faults.
   *
   * @throws Error when {@link keepAsStart} was never called.
   */
  async reset(): Promise<void> {
    if (this.#start === undefined) {
      throw new Error('Nothing was kept as the start: call keepAsStart() first');
    }
    this.#faults.clear();
    const start: Snapshot = JSON.parse(this.#start);
    await this.load(start);
  }

  async save(): Promise<Snapshot> {
    const { store, clock, keys } = this.#context;
    // Before the rest, which is then taken in one go.
    const signingKeys = await keys.save();
    return {
      version: snapshotVersion,
      savedAtMs: clock.now(),
      instanceId: store.instanceId,
      defaultTenantId: store.defaultTenantId,
      tenants: [...store.tenants.values()],
      applications: [...store.applications.values()],
      users: [...store.users.values()],
      passwords: store.passwords.save(),
      sessions: store.sessions.rows(),
      webhooks: [...store.webhooks.values()],
      apiKeys: store.apiKeys.values(),
      actionKinds: [...store.actions.kinds.values()],
      actions: store.actions.logs(),
      groups: [...store.groups.values()],
      consents: [...store.consents],
      documents: store.documents.entries(),
      auditLog: [...store.auditLog],
      loginRecords: [...store.loginRecords.all()],
      systemConfiguration: store.systemConfiguration,
      signingKeys,
      changePasswordIds: this.#context.changePasswordIds.save(),
      twoFactorIds: this.#context.twoFactorIds.save(),
      passwordlessCodes: this.#context.passwordlessCodes.save(),
      verificationIds: this.#context.verificationIds.save(),
      authorizationCodes: this.#context.authorizationCodes.save(),
      pendingConsents: this.#context.pendingConsents.save(),
    };
  }

  /**
   * Replaces everything by what the snapshot holds. The clock goes on as it was.
   *
   * @throws when a signing key cannot be read. Nothing has changed then.
   */
  async load(snapshot: Snapshot): Promise<void> {
    const { store, keys } = this.#context;
    await keys.load(snapshot.signingKeys);
    store.instanceId = snapshot.instanceId;
    store.defaultTenantId = snapshot.defaultTenantId;
    store.systemConfiguration = snapshot.systemConfiguration;
    refill(store.tenants, snapshot.tenants);
    refill(store.applications, snapshot.applications);
    refill(store.webhooks, snapshot.webhooks);
    refill(store.groups, snapshot.groups);
    store.consents.clear();
    for (const [key, consent] of snapshot.consents) {
      store.consents.set(key, consent);
    }
    store.users.clear();
    for (const user of snapshot.users) {
      store.users.put(user);
    }
    store.passwords.load(snapshot.passwords);
    store.sessions.clear();
    for (const row of snapshot.sessions) {
      store.sessions.insert(row);
    }
    store.apiKeys.clear();
    for (const apiKey of snapshot.apiKeys) {
      store.apiKeys.put(apiKey);
    }
    store.actions.clear();
    for (const kind of snapshot.actionKinds) {
      store.actions.kinds.set(kind.id, kind);
    }
    for (const action of snapshot.actions) {
      store.actions.add(action);
    }
    store.documents.clear();
    for (const [collection, document] of snapshot.documents) {
      store.documents.put(collection, document);
    }
    store.auditLog.splice(0, store.auditLog.length, ...snapshot.auditLog);
    store.loginRecords.load(snapshot.loginRecords);
    this.#context.changePasswordIds.load(snapshot.changePasswordIds);
    this.#context.twoFactorIds.load(snapshot.twoFactorIds);
    this.#context.passwordlessCodes.load(snapshot.passwordlessCodes);
    this.#context.verificationIds.load(snapshot.verificationIds);
    this.#context.authorizationCodes.load(snapshot.authorizationCodes);
    this.#context.pendingConsents.load(snapshot.pendingConsents);
  }
}

function refill<T extends { id: string }>(table: Map<string, T>, records: readonly T[]): void {
  table.clear();
  for (const record of records) {
    table.set(record.id, record);
  }
}
