import { describe, expect, it } from 'vitest';
import { byCreation, isLive, newestFirst } from '../../src/domain/session.js';
import { session, sessionId } from '../support/sessions.js';

describe('isLive', () => {
  const expiring = session({ number: 1, expiresAt: 1_000 });

  it.each([
    [999, true],
    [1_000, true],
    [1_001, false],
  ])('answers at %i ms for a session that expires at 1000 ms: %s', (at, live) => {
    expect(isLive(expiring, at)).toBe(live);
  });

  it('holds for a session of unknown lifetime', () => {
    expect(isLive(session({ number: 1, expiresAt: null }), Number.MAX_SAFE_INTEGER)).toBe(true);
  });
});

describe('the order of sessions', () => {
  const [first, second, third] = [
    session({ number: 9, createdAt: 10 }),
    session({ number: 2, createdAt: 11 }),
    session({ number: 3, createdAt: 11 }),
  ];

  it('is by creation, then by id', () => {
    expect([third, first, second].sort(byCreation)).toEqual([first, second, third]);
  });

  it('is reversed by newestFirst', () => {
    expect([second, first, third].sort(newestFirst)).toEqual([third, second, first]);
  });

  it('treats a session as equal to itself', () => {
    expect(byCreation(first, session({ number: 9, createdAt: 10 }))).toBe(0);
    expect(sessionId(9)).toBe(first.id);
  });
});
