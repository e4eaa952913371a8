import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { UpstreamContractError } from '../domain/errors.js';
import { parseApplicationId, parseTenantId, type SessionId, type TenantId, type UserId } from '../domain/ids.js';
import type { SessionGateway, SessionListing } from '../domain/ports/session-gateway.js';
import { newestFirst, type Session } from '../domain/session.js';
import { isNotFound, orNullIfNotFound, translateErrors } from './call-error.js';
import { decodeSession } from './decode.js';
import { asObject, listOrNone, optionalObject } from './json.js';
import { expiryOf, type LifetimeSettings } from './lifetimes.js';
import type { NeededSettings, ReadSettings } from './settings.js';

/**
 * FusionAuth lists at most this many refresh tokens of a user, the newest, and does not say that it left some out.
 * @see https://fusionauth.io/docs/apis/jwt#retrieve-refresh-tokens
 */
const maxListedSessions = 1_000;

interface FusionAuthSessionGatewayOptions {
  readonly client: FusionAuthClient;
  /** Begins to read the settings that every list needs. */
  readonly prepareSettings: () => void;
  /** Never rejects. */
  readonly readSettings: (needed: NeededSettings) => Promise<ReadSettings>;
  readonly tenantId: TenantId | null;
  /** Whether reads report an unknown tenant as a mistake of the caller. */
  readonly tenantIsCallersWord: boolean;
  /** Shared by all gateways of the tenant. */
  readonly revocations: RevocationsUnderWay;
}

export type RevocationsUnderWay = Map<SessionId, Promise<'revoked' | 'alreadyEnded'>>;

/** The sessions of one tenant, which FusionAuth keeps as refresh tokens. */
export class FusionAuthSessionGateway implements SessionGateway {
  constructor(private readonly options: FusionAuthSessionGatewayOptions) {}

  async listSessions(userId: UserId): Promise<SessionListing> {
    return translateErrors(async () => {
      this.options.prepareSettings();
      const { response } = await this.options.client.retrieveRefreshTokens(userId);
      const body = asObject(response ?? {}, 'The list of refresh tokens');
      const records = listOrNone(body, 'refreshTokens');
      const { settings } = await this.options.readSettings(neededFor(records));
      const sessions: Session[] = [];
      const ids = new Set<SessionId>();
      for (const record of records) {
        const session = this.#decode(record, settings);
        if (session.userId !== userId) {
          throw new UpstreamContractError('The list of refresh tokens holds one of another user');
        }
        if (ids.size === ids.add(session.id).size) {
          throw new UpstreamContractError('The list of refresh tokens holds the same one twice');
        }
        sessions.push(session);
      }
      return { sessions: sessions.sort(newestFirst), truncated: records.length >= maxListedSessions };
    }, this.options.tenantIsCallersWord);
  }

  async findSession(id: SessionId): Promise<Session | null> {
    return translateErrors(async () => {
      this.options.prepareSettings();
      const found = await orNullIfNotFound(this.options.client.retrieveRefreshTokenById(id));
      if (found === null) return null;
      const { refreshToken } = asObject(found.response, 'The answer for a refresh token');
      const { settings } = await this.options.readSettings(neededFor([refreshToken]));
      const session = this.#decode(refreshToken, settings);
      if (session.id !== id)
        throw new UpstreamContractError('The refresh token is not the one that the call asked for');
      return session;
    }, this.options.tenantIsCallersWord);
  }

  /**
   * Simultaneous enforcements of one user plan the same revocations. Requests share the call that is under way: the
   * first gets its result, and the others find the session ended. That turns the n² calls of n simultaneous logins into
   * n.
   */
  async revokeSession(id: SessionId): Promise<'revoked' | 'alreadyEnded'> {
    const { revocations } = this.options;
    const underWay = revocations.get(id);
    if (underWay !== undefined) {
      await underWay;
      return 'alreadyEnded';
    }
    const revocation = this.#revoke(id).finally(() => revocations.delete(id));
    revocations.set(id, revocation);
    return revocation;
  }

  #revoke(id: SessionId): Promise<'revoked' | 'alreadyEnded'> {
    return translateErrors(async () => {
      try {
        await this.options.client.revokeRefreshTokenById(id);
        return 'revoked';
      } catch (error) {
        if (!isNotFound(error)) throw error;
        return error.mayHaveBeenDone ? 'revoked' : 'alreadyEnded';
      }
    });
  }

  #decode(record: unknown, settings: LifetimeSettings): Session {
    return decodeSession(record, (token) => expiryOf(token, settings, this.options.tenantId));
  }
}

/** The settings needed to show these refresh tokens, each application and tenant once. */
function neededFor(records: readonly unknown[]): NeededSettings {
  const [applications, tenants] = [new Set<unknown>(), new Set<unknown>()];
  for (const record of records) {
    const { applicationId, tenantId } = optionalObject(record);
    applications.add(applicationId);
    tenants.add(tenantId);
  }
  return {
    applicationIds: [...applications].map(parseApplicationId).filter((id) => id !== undefined),
    tenantIds: [...tenants].map(parseTenantId).filter((id) => id !== undefined),
  };
}
