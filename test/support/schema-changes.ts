import { CriticalityLevel, diff } from '@graphql-inspector/core';
import { buildSchema, type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

interface SchemaComparison {
  /** As SDL: what callers of the last release rely on. */
  readonly released: string;
  /** As SDL. */
  readonly current: string;
  /** CHANGELOG.md, whose unreleased part states what breaks callers. */
  readonly changelog: string;
  /** For example `2026-11-27`. */
  readonly today: string;
}

/** How a reason says since when a member is deprecated, and from when on it may be gone. */
const datesOf = /\bSince (\d{4}-\d{2}-\d{2}), removed after (\d{4}-\d{2}-\d{2})\.$/;

/** How long callers have at least, in days. */
const minimumNoticeDays = 180;

/**
 * The changes that break callers of the last release and are not stated: neither by an entry of the changelog that begins
 * with "Breaking:" and names the member, nor by a deprecation whose time is over.
 */
export async function unstatedBreakingChanges(comparison: SchemaComparison): Promise<readonly string[]> {
  const { released, current, changelog, today } = comparison;
  const before = buildSchema(released);
  const stated = breakingEntries(changelog);
  const expired = new Set(
    deprecationsOf(before).flatMap(({ path, reason }) => {
      const last = datesOf.exec(reason)?.[2];
      return last !== undefined && last < today ? [path] : [];
    }),
  );
  const changes = await diff(before, buildSchema(current));
  return changes
    .filter(({ criticality }) => criticality.level === CriticalityLevel.Breaking)
    .filter(({ path = '' }) => !expired.has(path) && !stated.some((entry) => names(entry, path)))
    .map(({ message }) => message);
}

/** Deprecations that do not say since when, and from when on their member may be gone, or give callers too little time. */
export function undatedDeprecations(sdl: string): readonly string[] {
  return deprecationsOf(buildSchema(sdl))
    .filter(({ reason }) => {
      const [, since, last] = datesOf.exec(reason) ?? [];
      if (since === undefined || last === undefined) return true;
      const noticeDays = (Date.parse(last) - Date.parse(since)) / 86_400_000;
      return !(noticeDays >= minimumNoticeDays);
    })
    .map(({ path }) => path);
}

/** The entries of the unreleased part that begin with "Breaking:", each on one line. */
function breakingEntries(changelog: string): readonly string[] {
  const parts = changelog.split(/^## /m);
  const unreleased = parts.find((part) => part.startsWith('Unreleased\n')) ?? '';
  return unreleased
    .replaceAll(/\n {2,}/g, ' ')
    .split('\n')
    .filter((line) => line.startsWith('- Breaking:'));
}

/** An entry states a change of `Type.field.argument` where it names that, the field, or the type. */
function names(entry: string, path: string): boolean {
  const parts = path.split('.');
  return parts.some((_part, index) => entry.includes(`\`${parts.slice(0, index + 1).join('.')}\``));
}

function deprecationsOf(schema: GraphQLSchema): readonly { readonly path: string; readonly reason: string }[] {
  const found: { readonly path: string; readonly reason: string }[] = [];
  const look = (path: string, reason: string | null | undefined) => {
    if (typeof reason === 'string') found.push({ path, reason });
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith('__')) continue;
    if (isEnumType(type)) {
      for (const value of type.getValues()) look(`${type.name}.${value.name}`, value.deprecationReason);
    } else if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) look(`${type.name}.${field.name}`, field.deprecationReason);
    } else if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        look(`${type.name}.${field.name}`, field.deprecationReason);
        for (const argument of field.args) {
          look(`${type.name}.${field.name}.${argument.name}`, argument.deprecationReason);
        }
      }
    }
  }
  return found;
}
