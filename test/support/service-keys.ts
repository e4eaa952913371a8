import { createHash } from 'node:crypto';
import { permissions } from '../../src/domain/caller.js';

/** A key for each set of one, two, all but one, and all permissions. */
const keys = new Map(permissionSets().map((granted) => [keyOf(granted), granted]));
const entries = [...keys].map(([key, granted], index) => ({
  name: `test-${index}`,
  sha256: createHash('sha256').update(key).digest('hex'),
  permissions: granted,
}));

/** The value of SERVICE_KEYS in tests. */
export function testServiceKeys(): readonly { name: string; sha256: string; permissions: readonly string[] }[] {
  return entries;
}

export interface TestServiceKey {
  readonly name: string;
  readonly key: string;
  /** Default: all of them. */
  readonly permissions?: readonly string[];
  readonly tenantIds?: readonly string[];
  readonly applicationIds?: readonly string[];
  readonly expiresAt?: string;
}

/** The value of SERVICE_KEYS for keys that the test chooses. */
export function serviceKeysVariable(...keys: readonly TestServiceKey[]): string {
  return JSON.stringify(
    keys.map(({ key, ...entry }) => ({
      permissions,
      ...entry,
      sha256: createHash('sha256').update(key).digest('hex'),
    })),
  );
}

/** The key that `testServiceKeys` describes for this set of permissions. */
export function serviceKeyFor(granted: readonly string[]): string {
  const key = keyOf(granted);
  if (!keys.has(key)) throw new Error(`No test key for ${granted.join(', ')}`);
  return key;
}

function keyOf(granted: readonly string[]): string {
  return `test-key-for-${[...granted].sort().join('+').replaceAll(':', '.')}`;
}

function permissionSets(): readonly (readonly string[])[] {
  return [
    ...permissions.map((one) => [one]),
    ...permissions.flatMap((one, index) => permissions.slice(index + 1).map((other) => [one, other])),
    ...permissions.map((missing) => permissions.filter((one) => one !== missing)),
    [...permissions],
  ];
}
