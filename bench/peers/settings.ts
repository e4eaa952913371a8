import { FusionAuthClient, type RefreshToken } from '@fusionauth/typescript-client';

/** What every peer is told by its environment. */
export interface PeerEnvironment {
  readonly port: number;
  readonly fusionAuthUrl: string;
  readonly apiKey: string;
}

export function peerEnvironment(): PeerEnvironment {
  const { PORT: port, FUSIONAUTH_URL: fusionAuthUrl, FUSIONAUTH_API_KEY: apiKey } = process.env;
  if (fusionAuthUrl === undefined || apiKey === undefined) throw new Error('A peer needs a FusionAuth');
  return { port: Number(port), fusionAuthUrl, apiKey };
}

/** The official client as it comes, with its own transport. */
export function officialClient({ apiKey, fusionAuthUrl }: PeerEnvironment): FusionAuthClient {
  return new FusionAuthClient(apiKey, fusionAuthUrl);
}

/** When a session expires, in milliseconds since the epoch; null when that is not known. */
export type ExpiryOf = (token: RefreshToken) => number | null;

/**
 * Reads the lifetimes of sessions once and for all, which is less work than any server in service can do with.
 * Knows the policy `Fixed` only, which is the default.
 */
export async function readExpiryRule(client: FusionAuthClient): Promise<ExpiryOf> {
  const { response } = await client.retrieveTenants();
  const minutes = response.tenants?.[0]?.jwtConfiguration?.refreshTokenTimeToLiveInMinutes;
  return ({ startInstant }) =>
    minutes === undefined || startInstant === undefined ? null : startInstant + minutes * 60_000;
}
