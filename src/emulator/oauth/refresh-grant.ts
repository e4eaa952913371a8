import type { EmulatorContext } from '../context.js';
import type { ApiError } from '../http/errors-json.js';
import type { EventInfo } from '../http/json-schemas.js';
import { exchange, findExchangeable, punishReuse } from '../session-exchange.js';
import type { Application } from '../store/records.js';
import { invalidGrant, oauthError } from './oauth-error.js';
import { type TokenAnswer, tokenResponse } from './token-response.js';

/** A refresh token as a client presents it. */
interface PresentedRefreshToken {
  readonly refreshToken: string;
  /** Some of the scopes of the session. Empty: all of them. */
  readonly scopes: readonly string[];
  readonly address: string;
  readonly info: EventInfo;
  readonly timeToLiveInSeconds?: number | undefined;
  /** The access token to be replaced, which the event repeats. */
  readonly original?: string | undefined;
}

/**
 * Exchanges the refresh token of one of the application's sessions.
 *
 * @throws ApiError 400 `invalid_grant` for a token that is unknown, ended or of another application, `invalid_scope` for
 * scopes that the session does not have.
 */
export async function refreshGrant(
  context: EmulatorContext,
  application: Application,
  presented: PresentedRefreshToken,
): Promise<TokenAnswer> {
  const { refreshToken, scopes: wanted, address, info, timeToLiveInSeconds, original } = presented;
  await punishReuse(context, refreshToken, info);
  const found = findExchangeable(context, refreshToken);
  if (found?.application.id !== application.id) {
    throw unknownRefreshToken();
  }
  const granted = found.row.session.metaData?.scopes ?? [];
  if (!wanted.every((scope) => granted.includes(scope))) {
    throw oauthError('invalid_scope', 'unknown_scope', 'The scope must be among those of the refresh token.');
  }
  const scopes = wanted.length === 0 ? undefined : wanted;
  const issued = await exchange(context, refreshToken, found, {
    address,
    info,
    timeToLiveInSeconds,
    original,
    scopes,
  });
  if (issued === undefined) {
    throw unknownRefreshToken();
  }
  const { row, user, tenant } = found;
  const grant = { tenant, application, user, scopes: scopes ?? granted, authInstant: row.authInstant };
  return tokenResponse(context, grant, issued, row.session);
}

/** The documentation names the reason and not the error of an unknown refresh token; `invalid_grant` is RFC 6749's. */
function unknownRefreshToken(): ApiError {
  return invalidGrant('refresh_token_not_found', 'The refresh_token was not found or has expired.');
}
