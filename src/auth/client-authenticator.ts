import { clientCredentialsIn, saysBasic } from '../tokens/basic.js';
import type { Authentication, Authenticator } from './authenticator.js';
import type { ServiceKeyAuthenticator } from './service-keys.js';

/**
 * Finds out who is calling an OAuth endpoint: a service by the name and the value of its key, as OAuth clients send an id
 * and a secret; or anybody as elsewhere.
 */
export class ClientAuthenticator {
  constructor(
    private readonly serviceKeys: Pick<ServiceKeyAuthenticator, 'authenticate'>,
    private readonly others: Pick<Authenticator, 'authenticate'>,
  ) {}

  /** @throws UpstreamUnavailableError when an access token cannot be verified for want of FusionAuth's keys. */
  async authenticate(authorization: string | undefined): Promise<Authentication> {
    if (!saysBasic(authorization)) return this.others.authenticate(authorization);
    const credentials = clientCredentialsIn(authorization);
    if (credentials === null) return refused('form');
    const caller = this.serviceKeys.authenticate(credentials.clientSecret);
    if (caller === null) return refused('service key');
    return caller.name === credentials.clientId ? { kind: 'caller', caller } : refused('name of the service key');
  }
}

function refused(check: string): Authentication {
  return { kind: 'invalid', refusal: { check, claimed: null, isGenuine: false } };
}
