import type { SetUpFinding } from '../../src/domain/set-up-finding.js';
import type { World } from './world.js';

export interface MisSet {
  readonly what: string;
  readonly spoil: (world: World) => unknown;
  /** What doctor has to say. */
  readonly line: Pick<SetUpFinding, 'check' | 'state'> & { readonly says: string };
  readonly args?: (world: World) => readonly string[];
  readonly input?: (world: World) => Promise<string>;
}

export const problem = (check: string, says: string) => ({ check, state: 'problem', says }) as const;
export const warning = (check: string, says: string) => ({ check, state: 'warning', says }) as const;

export const stranger = 'd0000000-0000-4000-8000-00000000ffff';
export const day = 86_400;

/** A policy with one rule, of which this is a part. */
export const policy = (rule: string) => `version: 1\nmode: enforce\nrules:\n  - { name: one, allow: 1, ${rule} }\n`;
