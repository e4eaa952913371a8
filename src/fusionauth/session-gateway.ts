import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { UpstreamContractError } from '../domain/errors.js';
import type { SessionId, TenantId, UserId } from '../domain/ids.js';
import type { SessionGateway, SessionListing } from '../domain/ports/session-gateway.js';
import { newestFirst, type Session } from '../domain/session.js';
import { isNotFound, translateErrors } from './call-error.js';
import { decodeSession } from './decode.js';
import { asObject, listOrNone } from './json.js';
import { expiryOf, type LifetimeSettings } from './lifetimes.js';

/**
 * FusionAuth lists at most this many refresh tokens of a user, the newest, and does not say that it left some out.
 * @see https://fusionauth.io/docs/apis/jwt#retrieve-refresh-tokens
 */
export const maxListedSessions = 1_000;

export interface FusionAuthSessionGatewayOptions {
  readonly client: FusionAuthClient;
  readonly readSettings: () => Promise<LifetimeSettings>;
  readonly tenantId: TenantId | null;
  /** Shared by all gateways of the tenant. */
  readonly revocations: RevocationsUnderWay;
  /** Told when a session list is answered without expiry instants, because the settings could not be read. */
  readonly onSettingsUnavailable: (error: unknown) => void;
}

export type RevocationsUnderWay = Map<SessionId, Promise<'revoked' | 'alreadyEnded'>>;

/** Sessions as FusionAuth's refresh tokens. */
export class FusionAuthSessionGateway implements SessionGateway {
  constructor(private readonly options: FusionAuthSessionGatewayOptions) {}

  async listSessions(userId: UserId): Promise<SessionListing> {
    return translateErrors(async () => {
      const [{ response }, settings] = await Promise.all([
        this.options.client.retrieveRefreshTokens(userId),
        this.#settingsOrNull(),
      ]);
      const body = asObject(response ?? {}, 'The list of refresh tokens');
      const records = listOrNone(body, 'refreshTokens');
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
    });
  }

  async findSession(id: SessionId): Promise<Session | null> {
    return translateErrors(async () => {
      const [found, settings] = await Promise.all([
        orNullIfNotFound(this.options.client.retrieveRefreshTokenById(id)),
        this.#settingsOrNull(),
      ]);
      if (found === null) return null;
      const body = asObject(found.response, 'The answer for a refresh token');
      const session = this.#decode(body['refreshToken'], settings);
      if (session.id !== id) throw new UpstreamContractError('The refresh token is not the one that was asked for');
      return session;
    });
  }

  /**
   * Simultaneous enforcements of one user plan the same revocations. One call does for all that ask while it is under
   * way: the first is told what came of it, and the others find the session ended. This turns the n² calls of n logins
   * at once into n.
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

  #decode(record: unknown, settings: LifetimeSettings | null): Session {
    const { tenantId } = this.options;
    return decodeSession(record, (token) => (settings === null ? null : expiryOf(token, settings, tenantId)));
  }

  /** The settings only add the expiry, so failing to read them must not fail the list. */
  async #settingsOrNull(): Promise<LifetimeSettings | null> {
    try {
      return await this.options.readSettings();
    } catch (error) {
      this.options.onSettingsUnavailable(error);
      return null;
    }
  }
}

async function orNullIfNotFound<T>(call: Promise<T>): Promise<T | null> {
  try {
    return await call;
  } catch (error) {
    if (isNotFound(error)) return null;
    throw error;
  }
}
