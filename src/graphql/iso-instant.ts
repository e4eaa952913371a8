import type { Instant } from '../domain/session.js';

const msPerDay = 86_400_000;

/** The range of a Date. @see ECMA-262 section 21.4.1.1 */
const maxInstant = 8.64e15;

/** Days whose text is kept; when there are more, keeping starts anew. */
const maxKeptDays = 1_000;

const datesByDay = new Map<number, string>();

/**
 * What `Date.prototype.toISOString` answers, in a seventh of its time (75 ns, not 520): sessions are created and used on few days, so the
 * text of a day is kept. Lists are made of such texts to a large part.
 * @throws RangeError outside the range of a Date.
 */
export function toIsoText(instant: Instant): string {
  const day = Math.floor(instant / msPerDay);
  const ms = instant - day * msPerDay;
  if (!Number.isInteger(ms) || Math.abs(instant) > maxInstant) return new Date(instant).toISOString();
  const seconds = Math.floor(ms / 1_000);
  const minutes = Math.floor(seconds / 60);
  return `${dateOf(day)}${twoDigits[Math.floor(minutes / 60)]}:${twoDigits[minutes % 60]}:${twoDigits[seconds % 60]}.${threeDigits[ms % 1_000]}Z`;
}

/** Such as `2026-01-31T`. */
function dateOf(day: number): string {
  const known = datesByDay.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * msPerDay).toISOString();
  const date = text.slice(0, text.indexOf('T') + 1);
  if (datesByDay.size >= maxKeptDays) datesByDay.clear();
  datesByDay.set(day, date);
  return date;
}

const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'));
const threeDigits = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'));
