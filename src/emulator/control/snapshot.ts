import { z } from 'zod';
import { isJsonObject } from '../http/json-merge.js';
import type { AuthorizationCode } from '../oauth/authorization-code.js';
import type { PendingConsent } from '../oauth/pending-consent.js';
import type { PendingPasswordless, PendingVerification } from '../pending-codes.js';
import type { SavedPendingId } from '../pending-ids.js';
import type { UserAction, UserActionLog } from '../store/action-records.js';
import type { KeptDocument } from '../store/document-table.js';
import type { ApiKey, AuditLogEntry, Webhook } from '../store/instance-records.js';
import type { LoginRecord } from '../store/login-records.js';
import type { SavedPassword } from '../store/passwords.js';
import type { Application, Consent, Group, Tenant, User } from '../store/records.js';
import type { SessionRow } from '../store/session-table.js';
import type { SavedKey } from '../tokens/signing-keys.js';

/** Grows when a snapshot of before can no longer be loaded. */
export const snapshotVersion = 1;

/**
 * Everything an emulator holds: records, secrets, signing keys, and whatever is under way. Only what identifies a record
 * is checked, for a snapshot is the emulator's own work.
 */
export const snapshotJson = z.object({
  version: z.literal(snapshotVersion),
  /** By the emulator's clock, in epoch milliseconds. */
  savedAtMs: z.number(),
  instanceId: z.string(),
  defaultTenantId: z.string(),
  tenants: list<Tenant>('id', 'jwtConfiguration', 'eventConfiguration'),
  applications: list<Application>('id', 'tenantId', 'jwtConfiguration', 'oauthConfiguration'),
  users: list<User>('id', 'tenantId', 'registrations'),
  passwords: list<SavedPassword>('userId', 'salt', 'hash'),
  sessions: list<SessionRow>('session', 'authInstant'),
  webhooks: list<Webhook>('id', 'url'),
  apiKeys: list<ApiKey>('id', 'key'),
  actionKinds: list<UserAction>('id'),
  actions: list<UserActionLog>('id', 'actioneeUserId'),
  groups: list<Group>('id', 'tenantId'),
  consents: z.array(z.tuple([z.string(), record<Consent>('asked', 'granted')])),
  documents: z.array(z.tuple([z.string(), record<KeptDocument>('id')])),
  auditLog: list<AuditLogEntry>('id'),
  loginRecords: list<LoginRecord>('userId', 'tenantId', 'instant'),
  systemConfiguration: z.record(z.string(), z.unknown()),
  signingKeys: list<SavedKey>('id', 'algorithm', 'material'),
  changePasswordIds: list<SavedPendingId<string>>('id', 'value'),
  twoFactorIds: list<SavedPendingId<string>>('id', 'value'),
  passwordlessCodes: list<SavedPendingId<PendingPasswordless>>('id', 'value').default([]),
  verificationIds: list<SavedPendingId<PendingVerification>>('id', 'value').default([]),
  pendingConsents: list<SavedPendingId<PendingConsent>>('id', 'value'),
  authorizationCodes: list<SavedPendingId<AuthorizationCode>>('id', 'value'),
});

export type Snapshot = z.output<typeof snapshotJson>;

function list<T>(...members: readonly (keyof T & string)[]) {
  return z.array(record<T>(...members));
}

function record<T>(...members: readonly (keyof T & string)[]) {
  return z.custom<T>((value) => isJsonObject(value) && members.every((member) => Object.hasOwn(value, member)), {
    error: `must have ${members.join(', ')}`,
  });
}
