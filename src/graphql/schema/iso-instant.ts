import type { Instant } from '../../domain/session.js';

const msPerDay = 86_400_000;

/** The range of a Date. @see ECMA-262 section 21.4.1.1 */
const maxInstant = 8.64e15;

/** How many days are kept. One more empties the memory. */
const maxKeptDays = 1_000;

const datesByDay = new Map<number, string>();

/**
 * The text of `Date.prototype.toISOString` in a twelfth of its time (45 ns, not 520): sessions are created and used on
 * few days, so the text of a day is kept. A large part of a list consists of such texts.
 * @throws RangeError outside the range of a Date.
 */
export function toIsoText(instant: Instant): string {
  const day = Math.floor(instant / msPerDay);
  const ms = instant - day * msPerDay;
  if (!Number.isInteger(ms) || Math.abs(instant) > maxInstant) return new Date(instant).toISOString();
  const second = Math.floor(ms / 1_000);
  // Few pieces, because each piece that is joined is an object of its own until the answer is written.
  return (
    dateOf(day) + minutesOfDay[Math.floor(second / 60)] + secondsOfMinute[second % 60] + millisecondEndings[ms % 1_000]
  );
}

/** For example `2026-01-31T`. */
function dateOf(day: number): string {
  const known = datesByDay.get(day);
  if (known !== undefined) return known;
  const text = new Date(day * msPerDay).toISOString();
  const date = text.slice(0, text.indexOf('T') + 1);
  if (datesByDay.size >= maxKeptDays) datesByDay.clear();
  datesByDay.set(day, date);
  return date;
}

/** `00:00:` to `23:59:` */
const minutesOfDay = Array.from(
  { length: 1_440 },
  (_, minute) => `${digits(2, Math.floor(minute / 60))}:${digits(2, minute % 60)}:`,
);
/** `00.` to `59.` */
const secondsOfMinute = Array.from({ length: 60 }, (_, second) => `${digits(2, second)}.`);
/** `000Z` to `999Z` */
const millisecondEndings = Array.from({ length: 1_000 }, (_, ms) => `${digits(3, ms)}Z`);

function digits(count: number, value: number): string {
  return String(value).padStart(count, '0');
}
