import { randomBytes, randomUUID } from 'node:crypto';
import { Instance } from './instance.js';
import { type ApplicationSpec, type JwtConfigurationSpec, Provisioner } from './provisioner.js';
import { oneRefreshToken, type RefreshToken, refreshTokenList, type SignedIn, signedIn } from './shapes.js';

/** Where the contract is tried. */
export interface Connection extends AsyncDisposable {
  readonly url: string;
  /** A key that may do everything, in every tenant. */
  readonly apiKey: string;
  /** True where everything can be tried, so that what cannot is a failure. Default false. */
  readonly isComplete?: boolean;
}

export type Connect = () => Promise<Connection>;

/** Names of everything the contract creates start with this. */
export const namePrefix = 'fusionauth-sessions contract';

/**
 * A pause after which an instant differs from one before it, in milliseconds. Instants have a resolution of one
 * millisecond; this leaves room for coarser clocks.
 */
export const distinctInstantsMs = 25;

export const redirectUrl = 'https://contract.example/callback';

/** The lifetimes the contract's tenant and applications are created with. */
export const lifetimes = {
  tenant: { timeToLiveInSeconds: 300, refreshTokenTimeToLiveInMinutes: 1_440 },
  shop: { timeToLiveInSeconds: 600, refreshTokenTimeToLiveInMinutes: 120 },
  ssoSessionSeconds: 1_800,
} as const;

export interface Member {
  readonly id: string;
  readonly email: string;
  readonly password: string;
}

/** A tenant of its own with applications of each kind. Users are made by each test, so that tests cannot disturb others. */
export interface World extends AsyncDisposable {
  readonly instance: Instance;
  /** As in {@link Connection}. */
  readonly isComplete: boolean;
  readonly tenantId: string;
  /** A second tenant, with one application. */
  readonly other: { readonly tenantId: string; readonly applicationId: string };
  readonly applications: Readonly<Record<ApplicationName, string>>;
  /** Adds a user registered for these applications of the contract's tenant. Default: the shop. */
  addUser(...applications: readonly ApplicationName[]): Promise<Member>;
  addUserWhoMustChangePassword(application: ApplicationName): Promise<Member>;
  addUserOfOtherTenant(): Promise<Member>;
  addApplication(): Promise<string>;
  /** Signs in through the Login API and expects a session. */
  signIn(user: Member, applicationId?: string, members?: object): Promise<SignedIn>;
  list(userId: string): Promise<RefreshToken[]>;
  /** Looks one session up, and expects that it exists. */
  get(id: string): Promise<RefreshToken>;
}

export type ApplicationName = keyof typeof applicationKinds;

const fixed = {
  ...lifetimes.shop,
  refreshTokenExpirationPolicy: 'Fixed',
  refreshTokenUsagePolicy: 'Reusable',
} as const;

/** The policy that each application is there to show. */
export const policies = {
  shop: 'Fixed',
  rotating: 'OneTimeUse',
  sliding: 'SlidingWindow',
  capped: 'SlidingWindowWithMaximumLifetime',
} as const;

/** Each with the JWT settings of its own; null where the tenant's apply. */
const applicationKinds = {
  shop: fixed,
  console: null,
  quiet: null,
  rotating: { ...fixed, refreshTokenUsagePolicy: 'OneTimeUse' },
  sliding: { ...fixed, refreshTokenExpirationPolicy: 'SlidingWindow' },
  capped: {
    ...fixed,
    refreshTokenExpirationPolicy: 'SlidingWindowWithMaximumLifetime',
    refreshTokenSlidingWindowConfiguration: {
      maximumTimeToLiveInMinutes: lifetimes.shop.refreshTokenTimeToLiveInMinutes,
    },
  },
} as const satisfies Record<string, JwtConfigurationSpec | null>;

/**
 * Creates the world. Whatever it created before a failure is removed again; disposing of it removes all of it, and
 * throws when something had to be left behind.
 */
export async function createWorld(connect: Connect): Promise<World> {
  const connection = await connect();
  const instance = new Instance(connection.url, connection.apiKey);
  const provisioner = new Provisioner(instance);
  const tenantIds: string[] = [];
  const dispose = async () => {
    const removals = await Promise.allSettled(tenantIds.splice(0).map((id) => provisioner.removeTenant(id)));
    await connection[Symbol.asyncDispose]();
    const failures = removals.flatMap((removal) => (removal.status === 'rejected' ? [removal.reason] : []));
    if (failures.length > 0) throw new AggregateError(failures, `Tenants named "${namePrefix}..." are left behind`);
  };

  try {
    const world = await populate(instance, provisioner, tenantIds);
    return { ...world, isComplete: connection.isComplete ?? false, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

async function populate(
  instance: Instance,
  provisioner: Provisioner,
  tenantIds: string[],
): Promise<Omit<World, 'isComplete' | typeof Symbol.asyncDispose>> {
  const run = randomUUID().slice(0, 8);
  const name = (what: string) => `${namePrefix} ${run} ${what}`;
  const createTenant = async (what: string) => {
    const id = randomUUID();
    tenantIds.push(id);
    await provisioner.createTenant(id, {
      name: name(what),
      jwtConfiguration: lifetimes.tenant,
      httpSessionMaxInactiveInterval: lifetimes.ssoSessionSeconds,
    });
    return id;
  };

  const tenantId = await createTenant('tenant');
  const otherTenantId = await createTenant('other tenant');
  const applications: Partial<Record<ApplicationName, string>> = {};
  for (const kind of Object.keys(applicationKinds) as ApplicationName[]) {
    applications[kind] = await provisioner.createApplication(tenantId, applicationSpec(name(kind), kind));
  }
  const ids = applications as Record<ApplicationName, string>;
  const other = await provisioner.createApplication(otherTenantId, applicationSpec(name('other'), 'shop'));

  const addMember = async (tenant: string, applicationIds: readonly string[], passwordChangeRequired?: boolean) => {
    const email = `contract-${randomUUID()}@example.com`;
    const password = randomBytes(16).toString('hex');
    const spec = { email, password, applicationIds };
    const id = await provisioner.createUser(
      tenant,
      passwordChangeRequired === undefined ? spec : { ...spec, passwordChangeRequired },
    );
    return { id, email, password };
  };

  return {
    instance,
    tenantId,
    other: { tenantId: otherTenantId, applicationId: other },
    applications: ids,
    addUser: (...kinds) =>
      addMember(
        tenantId,
        (kinds.length === 0 ? (['shop'] as const) : kinds).map((kind) => ids[kind]),
      ),
    addUserWhoMustChangePassword: (kind) => addMember(tenantId, [ids[kind]], true),
    addUserOfOtherTenant: () => addMember(otherTenantId, [other]),
    addApplication: () => provisioner.createApplication(tenantId, applicationSpec(name(randomUUID()), 'shop')),
    async signIn({ email, password }, applicationId = ids.shop, members = {}) {
      const json = { loginId: email, password, applicationId, ...members };
      return (await instance.call('POST', '/api/login', { json })).read(signedIn);
    },
    async list(userId) {
      return (await instance.call('GET', '/api/jwt/refresh', { query: { userId } })).read(refreshTokenList);
    },
    async get(id) {
      return (await instance.call('GET', `/api/jwt/refresh/${id}`)).read(oneRefreshToken);
    },
  };
}

function applicationSpec(name: string, kind: ApplicationName): ApplicationSpec {
  const jwtConfiguration = applicationKinds[kind];
  return {
    name,
    ...(jwtConfiguration === null ? {} : { jwtConfiguration: { enabled: true, ...jwtConfiguration } }),
    loginConfiguration: {
      allowTokenRefresh: true,
      generateRefreshTokens: kind !== 'quiet',
      requireAuthentication: true,
    },
    oauthConfiguration: {
      authorizedRedirectURLs: [redirectUrl],
      enabledGrants: ['authorization_code', 'refresh_token'],
      generateRefreshTokens: true,
    },
  };
}
