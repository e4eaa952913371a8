/** The records of an instance beside its users and applications: keys, webhooks and its audit log. */

export interface ApiKeyPermissions {
  /** Base path to the HTTP methods allowed there, for example `{"/api/jwt/refresh": ["GET", "DELETE"]}`. */
  endpoints?: Record<string, string[]>;
}

export interface ApiKey {
  id: string;
  key: string;
  name?: string;
  keyManager: boolean;
  /** A key with a tenant sees that tenant only. */
  tenantId?: string;
  /** Absent or without endpoints: every endpoint. */
  permissions?: ApiKeyPermissions;
  expirationInstant?: number;
  retrievable: boolean;
  insertInstant: number;
  lastUpdateInstant: number;
  metaData?: { attributes?: Record<string, string> };
}

export interface Webhook {
  id: string;
  url: string;
  /** Milliseconds. */
  connectTimeout: number;
  /** Milliseconds. */
  readTimeout: number;
  headers?: Record<string, string>;
  httpAuthenticationUsername?: string;
  httpAuthenticationPassword?: string;
  signatureConfiguration?: { enabled: boolean; signingKeyId?: string };
  /** Receives the events of every tenant; otherwise of `tenantIds`. */
  global: boolean;
  tenantIds?: string[];
  eventsEnabled: Record<string, boolean>;
  description?: string;
  data?: Record<string, unknown>;
  insertInstant: number;
  lastUpdateInstant: number;
}

export interface AuditLogEntry {
  id: number;
  insertInstant: number;
  insertUser: string;
  message: string;
  reason?: string;
  tenantId?: string;
  data?: Record<string, unknown>;
  oldValue?: unknown;
  newValue?: unknown;
}
