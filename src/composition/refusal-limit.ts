import { RefusalLimit } from '../http/address-limits.js';
import type { Foundation } from './foundation.js';

/** A limit of refused credentials by address; null where addresses may all be that of one proxy. */
export function createRefusalLimit({ config: { http, limits } }: Pick<Foundation, 'config'>): RefusalLimit | null {
  if (http.trustedProxies === null) return null;
  const { intervalSeconds } = limits.rateLimit;
  return new RefusalLimit({ maxRefusals: http.maxAddressRefusals, intervalSeconds });
}
