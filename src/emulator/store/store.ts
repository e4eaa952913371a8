import type { MovableClock } from '../clock.js';
import { ActionTable } from './action-table.js';
import { ApiKeyTable } from './api-key-table.js';
import { type Consents, forgetConsents } from './consents.js';
import {
  type ApiKeyInput,
  type ApplicationInput,
  newApiKey,
  newApplication,
  newSession,
  newSystemConfiguration,
  newTenant,
  newTokenValue,
  newUser,
  newWebhook,
  type SessionInput,
  type TenantInput,
  type UserInput,
  type WebhookInput,
} from './creators.js';
import { defaultApplications, defaultDocuments, tenantManagerApplicationId } from './default-entities.js';
import { defaultTenantId as documentedTenantId } from './defaults.js';
import { DocumentTable } from './document-table.js';
import { expiryOf } from './expiry.js';
import type { ApiKey, AuditLogEntry, Webhook } from './instance-records.js';
import { LoginRecords } from './login-records.js';
import { newId } from './new-id.js';
import { PasswordTable } from './passwords.js';
import type { Application, Group, RefreshToken, Tenant, TransactionType, User } from './records.js';
import { registrationOf } from './registration.js';
import { type SessionRow, SessionTable } from './session-table.js';
import { UserTable } from './user-table.js';

/**
 * Everything the emulated FusionAuth holds, in memory.
 *
 * Starts like a fresh installation: one default tenant, FusionAuth's own applications, its theme, forms and lambdas. The
 * `add` methods are for tests and seeds: they take what the caller cares about, default the rest, fire no event, and throw
 * on ids that do not exist.
 */
export class Store {
  readonly tenants = new Map<string, Tenant>();
  readonly applications = new Map<string, Application>();
  readonly users = new UserTable();
  readonly sessions = new SessionTable();
  readonly webhooks = new Map<string, Webhook>();
  readonly apiKeys = new ApiKeyTable();
  readonly actions = new ActionTable();
  readonly groups = new Map<string, Group>();
  readonly consents: Consents = new Map();
  readonly documents = new DocumentTable();
  readonly passwords = new PasswordTable();
  readonly auditLog: AuditLogEntry[] = [];
  readonly loginRecords = new LoginRecords();
  /** The id events of the instance carry. */
  instanceId = newId();
  systemConfiguration: Record<string, unknown>;

  constructor(
    readonly clock: MovableClock,
    /** The tenant of everything that names none. */
    public defaultTenantId: string = documentedTenantId,
    tenantManagerId: string = tenantManagerApplicationId,
  ) {
    this.systemConfiguration = newSystemConfiguration(clock.now());
    this.addTenant({ id: defaultTenantId, name: 'Default' });
    for (const application of defaultApplications(tenantManagerId, clock.now())) this.addApplication(application);
    for (const [collection, document] of defaultDocuments(clock.now())) this.documents.put(collection, document);
  }

  addTenant(input: TenantInput = {}): Tenant {
    const tenant = newTenant(input, this.clock.now());
    this.tenants.set(tenant.id, tenant);
    return tenant;
  }

  addApplication(input: ApplicationInput): Application {
    const tenant = this.tenantOrThrow(input.tenantId ?? this.defaultTenantId);
    const application = newApplication(input, tenant.id, this.clock.now());
    this.applications.set(application.id, application);
    return application;
  }

  /** Adds a user. Hashing a password takes under a millisecond; without one the user cannot sign in. */
  addUser(input: UserInput = {}): User {
    const tenant = this.tenantOrThrow(input.tenantId ?? this.defaultTenantId);
    const user = newUser(input, tenant.id, this.clock.now());
    this.users.put(user);
    if (input.password !== undefined) {
      this.passwords.set(user.id, input.password);
    }
    return user;
  }

  /** Adds a session, a single sign-on session when no application is named. */
  addSession(input: SessionInput): RefreshToken {
    const user = this.users.get(input.userId);
    if (user === undefined) {
      throw new Error(`No user ${input.userId}`);
    }
    const session = newSession(input, user, this.clock.now());
    this.sessions.insert({ session, authInstant: input.authInstant ?? session.startInstant });
    return session;
  }

  addApiKey(input: ApiKeyInput = {}): ApiKey {
    const apiKey = newApiKey(input, this.clock.now());
    this.apiKeys.put(apiKey);
    return apiKey;
  }

  /**
   * Adds a webhook, of every tenant unless `tenantIds` is given. Events reach it once they are enabled in it and in
   * the tenant; see {@link enableEvents}.
   */
  addWebhook(input: WebhookInput): Webhook {
    const webhook = newWebhook(input, this.clock.now());
    this.webhooks.set(webhook.id, webhook);
    return webhook;
  }

  /** Turns events on in a tenant. */
  enableEvents(
    types: readonly string[],
    transactionType: TransactionType = 'None',
    tenantId: string = this.defaultTenantId,
  ): void {
    const { events } = this.tenantOrThrow(tenantId).eventConfiguration;
    for (const type of types) {
      events[type] = { enabled: true, transactionType };
    }
  }

  /** The user's live sessions of every kind, newest first, without the cap the API puts on a list. */
  sessionsOf(userId: string): RefreshToken[] {
    return this.liveRowsOf(userId).map((row) => row.session);
  }

  /** The session with this id, or undefined when it was revoked or has expired. */
  session(id: string): RefreshToken | undefined {
    return this.liveRow(id)?.session;
  }

  liveRow(id: string): SessionRow | undefined {
    const row = this.sessions.get(id);
    return row !== undefined && this.isLive(row) ? row : undefined;
  }

  /** The user's newest live sessions, at most `limit` of them. */
  liveRowsOf(userId: string, limit = Number.POSITIVE_INFINITY): SessionRow[] {
    const live: SessionRow[] = [];
    for (const row of this.sessions.ofUser(userId)) {
      if (live.length >= limit) {
        break;
      }
      if (this.isLive(row)) {
        live.push(row);
      }
    }
    return live;
  }

  isLive({ session }: SessionRow): boolean {
    const tenant = this.tenants.get(this.tenantIdOf(session));
    const application = this.applicationOf(session);
    return tenant !== undefined && expiryOf(session, tenant, application) >= this.clock.now();
  }

  /** The tenant a session belongs to: its own for single sign-on, otherwise its user's. */
  tenantIdOf(session: RefreshToken): string {
    return session.tenantId ?? this.users.get(session.userId)?.tenantId ?? '';
  }

  applicationOf(session: RefreshToken): Application | undefined {
    return session.applicationId === undefined ? undefined : this.applications.get(session.applicationId);
  }

  /** Removes a user and everything that belongs to it. No event is fired for its sessions. */
  deleteUser(userId: string): void {
    for (const { session } of this.sessions.ofUser(userId)) {
      this.sessions.delete(session.id);
    }
    this.actions.deleteOfUser(userId);
    forgetConsents(this.consents, userId);
    this.passwords.delete(userId);
    this.users.delete(userId);
  }

  /** Removes an application with its sessions and registrations. */
  deleteApplication(applicationId: string): void {
    for (const { session } of this.sessions.ofApplication(applicationId)) {
      this.sessions.delete(session.id);
    }
    for (const user of this.users.values()) {
      user.registrations = user.registrations.filter((registration) => registration.applicationId !== applicationId);
    }
    forgetConsents(this.consents, applicationId);
    this.applications.delete(applicationId);
  }

  /** Removes a group with its memberships. */
  deleteGroup(groupId: string): void {
    for (const user of this.users.values()) {
      user.memberships = user.memberships.filter((member) => member.groupId !== groupId);
    }
    this.groups.delete(groupId);
  }

  /** The names of the roles a user has in an application: those of its registration and of its groups. */
  roleNamesOf(user: User, applicationId: string): string[] {
    const registered = registrationOf(user, applicationId);
    const ofGroups = user.memberships.flatMap(({ groupId }) => this.groups.get(groupId)?.roles[applicationId] ?? []);
    return registered === undefined ? [] : [...new Set([...registered.roles, ...ofGroups.map(({ name }) => name)])];
  }

  /** Removes a tenant with its users, applications and groups. */
  deleteTenant(tenantId: string): void {
    for (const { id } of [...this.groups.values()].filter((group) => group.tenantId === tenantId)) {
      this.groups.delete(id);
    }
    for (const { id } of [...this.users.values()].filter((user) => user.tenantId === tenantId)) {
      this.deleteUser(id);
    }
    for (const { id } of [...this.applications.values()].filter((application) => application.tenantId === tenantId)) {
      this.deleteApplication(id);
    }
    this.tenants.delete(tenantId);
  }

  /** Gives a one-time-use session its next token value. */
  rotateToken(row: SessionRow): void {
    this.sessions.rotate(row, newTokenValue(), this.clock.now());
  }

  /** The key with this secret, or undefined when it does not exist or has expired. */
  findApiKey(key: string): ApiKey | undefined {
    const apiKey = this.apiKeys.findBySecret(key);
    const expired = apiKey?.expirationInstant !== undefined && apiKey.expirationInstant <= this.clock.now();
    return expired ? undefined : apiKey;
  }

  tenantOrThrow(id: string): Tenant {
    const tenant = this.tenants.get(id);
    if (tenant === undefined) {
      throw new Error(`No tenant ${id}`);
    }
    return tenant;
  }
}
