import type { Config, Secrets } from '../config/config.js';
import type { KnownNames, NamedKind } from '../domain/policy/unknown-names.js';
import type { Clock } from '../domain/ports/clock.js';
import type { CheckResult } from '../fusionauth/checks.js';
import type { KeyScope } from '../fusionauth/key-scope.js';
import type { FusionAuthSetUp, Read } from '../fusionauth/set-up.js';

/** The service whose set-up is examined, by its configuration. */
export interface ExaminedService {
  readonly config: Config;
  readonly secrets: Pick<Secrets, 'fusionAuthApiKey' | 'serviceKeys' | 'webhook' | 'console' | 'databaseUrl'>;
  readonly fusionAuthUrl: string;
  readonly fusionAuth: FusionAuthSource;
  readonly clock: Clock;
}

/** A connection to FusionAuth, as far as checks need it. */
export interface FusionAuthSource {
  runChecks(): Promise<readonly CheckResult[]>;
  lookAtKey(): Promise<KeyScope>;
  createSetUpReader(apiKey: string | null): {
    read(): Promise<FusionAuthSetUp>;
    readKeyAlgorithm(keyId: string): Promise<Read<string>>;
    readPolicyNames(kinds: readonly NamedKind[]): Promise<Read<KnownNames>>;
  };
  readonly skew: { readonly aheadMs: number };
}
