import { describe, expect, it } from 'vitest';
import { undatedDeprecations, unstatedBreakingChanges } from '../support/schema-changes.js';

const released = `
  type Query { session(id: ID!): Session, old: Int @deprecated(reason: "Use session. Since 2026-01-01, removed after 2026-07-01.") }
  type Session { id: ID!, device: String }
  enum Kind { SSO, APPLICATION }
`;
const changed = (change: (text: string) => string, changelog = '', today = '2026-06-01') =>
  unstatedBreakingChanges({ released, current: change(released), changelog, today });

describe('the check of the schema against the last release', () => {
  it.each<[string, (text: string) => string]>([
    ['a new field', (text) => text.replace('device: String', 'device: String, name: String')],
    ['a new value of an enum', (text) => text.replace('SSO,', 'SSO, OTHER,')],
    ['a new argument that may be left out', (text) => text.replace('(id: ID!)', '(id: ID!, full: Boolean)')],
    ['an answer that is never null any more', (text) => text.replace('device: String', 'device: String!')],
  ])('lets %s pass', async (_what, change) => {
    expect(await changed(change)).toEqual([]);
  });

  it.each<[string, (text: string) => string]>([
    ['a field that is gone', (text) => text.replace(', device: String', '')],
    ['a field of another type', (text) => text.replace('device: String', 'device: Int')],
    ['an answer that may be null', (text) => text.replace('{ id: ID!', '{ id: ID')],
    ['a new argument that is required', (text) => text.replace('(id: ID!)', '(id: ID!, tenant: ID!)')],
    ['a value of an enum that is gone', (text) => text.replace('SSO, ', '')],
    ['a type that is gone', (text) => text.replace('enum Kind { SSO, APPLICATION }', '')],
  ])('refuses %s', async (_what, change) => {
    expect(await changed(change)).toHaveLength(1);
  });

  it('accepts what an unreleased entry of the changelog states as breaking, by name', async () => {
    const change = (text: string) => text.replace(', device: String', '');
    const entry = '- Breaking: there is no\n  `Session.device` any more.\n';
    expect(await changed(change, `## Unreleased\n\n${entry}`)).toEqual([]);
    expect(await changed(change, `## Unreleased\n\n- Breaking: \`Session.id\` is another.\n`)).toHaveLength(1);
    expect(await changed(change, `## Unreleased\n\n## 0.1.0 - 2026-01-01\n\n${entry}`)).toHaveLength(1);
  });

  it('lets a deprecated member go once the date of its reason is past, and not before', async () => {
    const change = (text: string) => text.replace(/, old: Int @deprecated\([^)]*\)/, '');
    expect(await changed(change, '', '2026-07-01')).toHaveLength(1);
    expect(await changed(change, '', '2026-07-02')).toEqual([]);
  });

  it.each([
    ['no date', 'Use session.'],
    ['one date', 'Use session. Since 2026-01-01.'],
    ['too little time for callers', 'Use session. Since 2026-01-01, removed after 2026-02-01.'],
    ['a date that is none', 'Use session. Since 2026-13-01, removed after 2027-02-01.'],
  ])('refuses a deprecation with %s', (_what, reason) => {
    const sdl = `type Query { a(b: Int @deprecated(reason: "${reason}")): Int }`;
    expect(undatedDeprecations(sdl)).toEqual(['Query.a.b']);
  });
});
