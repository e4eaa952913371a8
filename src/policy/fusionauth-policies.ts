import { AgeingMap } from '../domain/ageing-map.js';
import type { ApplicationId, TenantId } from '../domain/ids.js';
import { keepAtMost } from '../domain/keep-at-most.js';
import type { Policy } from '../domain/policy/policy.js';
import type { FoundPolicyDocuments, PolicyDocuments } from '../domain/ports/policy-documents.js';
import type { PolicyInForce } from '../domain/ports/policy-in-force.js';
import { composed } from './documented-policy.js';
import { parsePolicyValue } from './parse-policy.js';
import type { PolicySourceTelemetry } from './telemetry.js';

interface FusionAuthPoliciesOptions {
  /** The documents of a tenant. */
  readonly documentsOf: (tenantId: TenantId | null) => PolicyDocuments;
  readonly telemetry: PolicySourceTelemetry;
}

/** How many tenants are remembered: as many as have connections at the same time. */
const maxTenants = 1_000;

/**
 * The policies that FusionAuth keeps: those of the applications of a tenant, and after them the policy of the tenant.
 * An unusable policy leaves its last good version in force, and does not affect the others. A policy that has been
 * unusable from the start may exempt anybody, so none of the sessions that it is about ends until it is mended.
 */
export class FusionAuthPolicies implements PolicyInForce {
  readonly #tenants = new AgeingMap<TenantId | null, TenantPolicies>();
  /** The last known answer. */
  #varies: boolean | undefined;

  constructor(private readonly options: FusionAuthPoliciesOptions) {}

  async current(tenantId: TenantId | null): Promise<Policy | null> {
    const known = this.#tenants.get(tenantId);
    const documents = await this.#read(tenantId, known);
    if (documents === null) return known?.policy ?? null;
    // A simultaneous call may have created it first.
    const policies = this.#tenants.get(tenantId) ?? new TenantPolicies(tenantId, this.options.telemetry);
    this.#tenants.set(tenantId, policies);
    keepAtMost(this.#tenants, maxTenants);
    policies.take(documents);
    return policies.policy;
  }

  async variesByTenant(): Promise<boolean> {
    try {
      const { isTenantKnown, variesByTenant } = await this.options.documentsOf(null).read();
      if (isTenantKnown) this.#varies = variesByTenant;
      return this.#varies ?? variesByTenant;
    } catch (error) {
      if (this.#varies === undefined) throw error;
      return this.#varies;
    }
  }

  /** Reads policies in force anew, so that no old one is enforced for long. Never rejects. */
  async refresh(): Promise<void> {
    const inForce = [...this.#tenants].filter(([, { policy }]) => policy !== null);
    await Promise.allSettled(inForce.map(([tenantId]) => this.current(tenantId)));
  }

  /** Codes of problems, also while a policy is in force. */
  warnings(): readonly string[] {
    return [...this.#tenants.values()].some(({ isUsable }) => !isUsable) ? ['POLICY_NOT_USABLE'] : [];
  }

  /** @returns null when they cannot be read now and were before. */
  async #read(tenantId: TenantId | null, known: TenantPolicies | undefined): Promise<FoundPolicyDocuments | null> {
    try {
      return await this.options.documentsOf(tenantId).read();
    } catch (error) {
      if (known === undefined) throw error;
      return null;
    }
  }
}

/** A document as it was last read, and its last good policy. */
interface KnownDocument {
  readonly value: unknown;
  readonly text: string;
  readonly isUsable: boolean;
  readonly good: Policy | null;
}

/** How many documents of applications that FusionAuth does not list at the moment are kept. */
const maxKept = 2_000;

/**
 * Documents in their order, the tenant's last. A document that could not be read stays as it was, because one late list
 * must not remove limits and exemptions.
 */
function* foundOrKept(
  { ofTenant, isTenantKnown, ofApplications, areAllApplications }: FoundPolicyDocuments,
  before: ReadonlyMap<ApplicationId | null, KnownDocument>,
): Generator<readonly [ApplicationId | null, unknown]> {
  const documents = new Map(ofApplications);
  for (const [id, { value }] of areAllApplications ? [] : [...before].slice(0, maxKept)) {
    if (id !== null && !documents.has(id)) documents.set(id, value);
  }
  yield* [...documents].sort(([a], [b]) => (a < b ? -1 : 1));
  yield [null, isTenantKnown ? ofTenant : before.get(null)?.value];
}

class TenantPolicies {
  policy: Policy | null = null;
  readonly #tenantId: TenantId | null;
  readonly #telemetry: PolicySourceTelemetry;
  #documents: ReadonlyMap<ApplicationId | null, KnownDocument> = new Map();

  constructor(tenantId: TenantId | null, telemetry: PolicySourceTelemetry) {
    this.#tenantId = tenantId;
    this.#telemetry = telemetry;
  }

  get isUsable(): boolean {
    return [...this.#documents.values()].every(({ isUsable }) => isUsable);
  }

  take(found: FoundPolicyDocuments): void {
    const before = this.#documents;
    const given = [...foundOrKept(found, before)].filter(([, value]) => value !== undefined);
    const isSame = given.length === before.size && given.every(([id, value]) => before.get(id)?.value === value);
    if (isSame) return;
    this.#documents = new Map(given.map(([id, value]) => [id, this.#parsed(id, value, before.get(id))]));
    const good = [...this.#documents.values()].flatMap((one) => one.good ?? []);
    const untold = [...this.#documents].filter(([, one]) => one.good === null).map(([id]) => id);
    const policy = good.length === 0 ? null : composed(good, untold);
    const isAnother = policy?.version !== this.policy?.version;
    this.policy = policy;
    if (isAnother) this.#telemetry.policyInForce(policy, this.#sourceOf(null));
  }

  #parsed(id: ApplicationId | null, value: unknown, before: KnownDocument | undefined): KnownDocument {
    const text = JSON.stringify(value);
    if (before?.text === text) return { ...before, value };
    const parsed = parsePolicyValue(value, id);
    if (parsed.ok) return { value, text, isUsable: true, good: parsed.policy };
    this.#telemetry.policyNotUsable(parsed.problems, this.#sourceOf(id));
    return { value, text, isUsable: false, good: before?.good ?? null };
  }

  #sourceOf(id: ApplicationId | null): string {
    if (id !== null) return `data.sessionPolicy of the application ${id}`;
    return `data.sessionPolicy of ${this.#tenantId === null ? 'the tenant' : `the tenant ${this.#tenantId}`}`;
  }
}
