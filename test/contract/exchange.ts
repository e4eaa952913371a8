import type { Answer } from './instance.js';
import { type SignedIn, signedIn } from './shapes.js';
import type { World } from './world.js';

/**
 * Exchanges a refresh token for an access token, and expects that it works.
 * @see https://fusionauth.io/docs/apis/jwt#refresh-a-jwt
 */
export async function exchange(world: World, refreshToken: string): Promise<SignedIn> {
  return (await tryExchange(world, refreshToken)).read(signedIn);
}

export function tryExchange({ instance }: World, refreshToken: string): Promise<Answer> {
  return instance.call('POST', '/api/jwt/refresh', { authorization: null, json: { refreshToken } });
}
