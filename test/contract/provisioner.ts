import { randomUUID } from 'node:crypto';
import type { Instance } from './instance.js';
import { PreparationError } from './preparation-error.js';

export interface TenantSpec {
  readonly name: string;
  readonly httpSessionMaxInactiveInterval?: number;
  readonly jwtConfiguration?: JwtConfigurationSpec;
}

export interface ApplicationSpec {
  readonly name: string;
  readonly jwtConfiguration?: JwtConfigurationSpec & { readonly enabled: true };
  readonly loginConfiguration: {
    readonly allowTokenRefresh: boolean;
    readonly generateRefreshTokens: boolean;
    readonly requireAuthentication: boolean;
  };
  readonly oauthConfiguration: {
    readonly authorizedRedirectURLs: string[];
    readonly enabledGrants: string[];
    readonly generateRefreshTokens: boolean;
  };
}

export interface JwtConfigurationSpec {
  readonly timeToLiveInSeconds: number;
  readonly refreshTokenTimeToLiveInMinutes: number;
  readonly refreshTokenExpirationPolicy?: 'Fixed' | 'SlidingWindow' | 'SlidingWindowWithMaximumLifetime';
  readonly refreshTokenUsagePolicy?: 'Reusable' | 'OneTimeUse';
  readonly refreshTokenSlidingWindowConfiguration?: { readonly maximumTimeToLiveInMinutes: number };
}

export interface UserSpec {
  readonly email: string;
  readonly password: string;
  readonly applicationIds: readonly string[];
  readonly passwordChangeRequired?: boolean;
}

/**
 * Creates what the contract is tried with, through FusionAuth's own API. Every call names its tenant: without the
 * header an instance with several tenants cannot tell where a user belongs.
 * @throws PreparationError when FusionAuth refuses.
 * @see https://fusionauth.io/docs/apis/tenants, https://fusionauth.io/docs/apis/applications,
 * https://fusionauth.io/docs/apis/users, https://fusionauth.io/docs/apis/registrations
 */
export class Provisioner {
  constructor(private readonly instance: Instance) {}

  /** @param tenantId Chosen by the caller, so that the tenant can be removed even when the answer is lost. */
  async createTenant(tenantId: string, tenant: TenantSpec): Promise<void> {
    await this.#create(`/api/tenant/${tenantId}`, undefined, { tenant });
  }

  async createApplication(tenantId: string, application: ApplicationSpec): Promise<string> {
    const id = randomUUID();
    await this.#create(`/api/application/${id}`, tenantId, { application });
    return id;
  }

  async createUser(tenantId: string, { applicationIds, ...user }: UserSpec): Promise<string> {
    const id = randomUUID();
    await this.#create(`/api/user/${id}`, tenantId, { user, skipVerification: true });
    for (const applicationId of applicationIds) {
      const registration = { registration: { applicationId }, skipRegistrationVerification: true };
      await this.#create(`/api/user/registration/${id}`, tenantId, registration);
    }
    // A registration is the start of a session, and users of the contract start without one.
    (await this.instance.call('DELETE', '/api/jwt/refresh', { query: { userId: id }, tenantId })).expect(200, 404);
    return id;
  }

  /** Removes the tenant with everything in it. */
  async removeTenant(tenantId: string): Promise<void> {
    (await this.instance.call('DELETE', `/api/tenant/${tenantId}`, { tenantId })).expect(200, 404);
  }

  async #create(path: string, tenantId: string | undefined, json: object): Promise<void> {
    const answer = await this.instance.call('POST', path, { json, ...(tenantId === undefined ? {} : { tenantId }) });
    if (answer.status !== 200) throw new PreparationError(`${answer.call} answered ${answer.summary}`);
  }
}
