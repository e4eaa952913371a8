import type { Comparison } from './load/in-turn.js';
import type { Machine } from './report/machine.js';
import type { AccessTokenResult } from './scenarios/access-token.js';
import type { AdminPageResult } from './scenarios/admin-page.js';
import type { DatabaseResult } from './scenarios/database.js';
import type { EnforceResult } from './scenarios/enforce.js';
import type { FanOutResult } from './scenarios/fan-out.js';
import type { GrowthResult } from './scenarios/growth.js';
import type { GuardResult } from './scenarios/guard.js';
import type { ListResult } from './scenarios/list.js';
import type { StormResult } from './scenarios/login-storm.js';
import type { ReplicasResult } from './scenarios/replicas.js';
import type { SoakResult } from './scenarios/soak.js';
import type { StartUpResult } from './scenarios/start-up.js';
import type { BenchSettings } from './settings.js';

/** What each scenario finds, by its name. */
export interface Measured {
  readonly startUp: readonly StartUpResult[];
  readonly list: readonly ListResult[];
  readonly enforce: readonly EnforceResult[];
  readonly adminPage: readonly AdminPageResult[];
  readonly loginStorm: readonly StormResult[];
  readonly accessTokens: AccessTokenResult;
  readonly fanOut: FanOutResult;
  readonly growth: readonly GrowthResult[];
  readonly database: DatabaseResult;
  readonly replicas: ReplicasResult;
  readonly policies: readonly Comparison[];
  readonly applications: readonly Comparison[];
  readonly revocationsHeld: readonly Comparison[];
  readonly lease: readonly Comparison[];
  readonly introspection: Comparison;
  readonly consolePage: Comparison;
  readonly guard: GuardResult;
  readonly soak: SoakResult;
}

export type ScenarioName = keyof Measured;

export interface BenchFacts {
  readonly machine: Machine;
  readonly settings: BenchSettings;
  /** How long each scenario took. */
  readonly seconds: Readonly<Partial<Record<ScenarioName, number>>>;
  /** Why a scenario has no figures, by its name. */
  readonly failures: Readonly<Partial<Record<ScenarioName, string>>>;
}

/** Of the scenarios that were chosen. */
export type BenchResults = BenchFacts & Partial<Measured>;

/** Of a run of which these scenarios were part. */
export type With<Name extends ScenarioName> = BenchFacts & Pick<Measured, Name>;

export function has<Name extends ScenarioName>(
  results: BenchResults,
  ...names: Name[]
): results is With<Name> & BenchResults {
  return names.every((name) => results[name] !== undefined);
}
