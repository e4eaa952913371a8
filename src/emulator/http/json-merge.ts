import { isDeepStrictEqual } from 'node:util';

/** Applies a JSON merge patch (RFC 7396) and returns the result; `target` stays as it is. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  return merge(target, patch, (_known, values) => values);
}

/**
 * Applies FusionAuth's original PATCH, the one of `application/json`: like a JSON merge patch, but the values of an array
 * are appended to the existing ones. Its documentation says that this varies, "sometimes a merge, other times an append",
 * without saying where; here values that are already there are not repeated.
 */
export function appendingPatch(target: unknown, patch: unknown): unknown {
  return merge(target, patch, (known, values) => [
    ...known,
    ...values.filter((value) => !known.some((one) => isDeepStrictEqual(one, value))),
  ]);
}

type MergeArrays = (known: readonly unknown[], values: readonly unknown[]) => readonly unknown[];

function merge(target: unknown, patch: unknown, mergeArrays: MergeArrays): unknown {
  if (Array.isArray(patch) && Array.isArray(target)) {
    return mergeArrays(target, patch);
  }
  if (!isJsonObject(patch)) {
    return patch;
  }
  const result: Record<string, unknown> = isJsonObject(target) ? { ...target } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) {
      delete result[name];
    } else {
      result[name] = merge(result[name], value, mergeArrays);
    }
  }
  return result;
}

/** The value without members that are null: to FusionAuth they are the same as absent ones. */
export function dropNulls(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(dropNulls);
  }
  if (!isJsonObject(value)) {
    return value;
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (member === null ? [] : [[name, dropNulls(member)]])),
  );
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
