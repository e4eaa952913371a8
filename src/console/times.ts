import { counted, texts } from './texts.js';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const seconds = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const dayOfYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'full', timeStyle: 'long' });
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

/** `12:03`, or with the day where it is another one: `26 Nov, 12:03`. */
export function shortTime(at: number, now: number): string {
  const then = new Date(at);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString()) return clock.format(then);
  const date = then.getFullYear() === today.getFullYear() ? day : dayOfYear;
  return `${date.format(then)}, ${clock.format(then)}`;
}

/** `12:03:11`, for tables of what happens now. */
export function exactTime(at: number, now: number): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return isToday ? seconds.format(at) : `${day.format(at)}, ${seconds.format(at)}`;
}

/** With day, seconds and zone. */
export function fullTime(at: number): string {
  return full.format(at);
}

/** `10 minutes ago`, `in 3 days`. */
export function distance(at: number, now: number): string {
  const ms = at - now;
  const size = Math.abs(ms);
  // What has just happened may lie ahead of the time that a page was told last.
  if (size < minuteMs) return ms > minuteMs / 2 ? relative.format(1, 'minute') : texts.justNow;
  if (size < hourMs) return relative.format(Math.trunc(ms / minuteMs), 'minute');
  if (size < dayMs) return relative.format(Math.trunc(ms / hourMs), 'hour');
  return relative.format(dayOf(at) - dayOf(now), 'day');
}

/** The number of the day in the zone of the reader, in which `tomorrow` is the day after this one, however late it is. */
function dayOf(at: number): number {
  const then = new Date(at);
  return Math.round(Date.UTC(then.getFullYear(), then.getMonth(), then.getDate()) / dayMs);
}

/** `30 days`, of a whole number of the largest unit that fits. */
export function lifetime(durationSeconds: number): string {
  const units = [
    [86_400, texts.duration.days],
    [3_600, texts.duration.hours],
    [60, texts.duration.minutes],
  ] as const;
  for (const [size, unit] of units) {
    if (durationSeconds >= size && durationSeconds % size === 0) return counted(durationSeconds / size, unit);
  }
  return counted(durationSeconds, texts.duration.seconds);
}

/** `0.4 seconds`, `2 seconds`, of a time that is short. */
export function exactDuration(durationMs: number): string {
  if (durationMs === 0) return texts.noTime;
  const tenths = Math.max(1, Math.round(durationMs / 100)) / 10;
  return counted(tenths, texts.duration.seconds);
}

/** The zone in which times are shown, such as `Europe/Berlin (UTC+1)`. */
export function zoneName(): string {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const parts = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'shortOffset' }).formatToParts(Date.now());
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value.replace('GMT', 'UTC') ?? '';
  return timeZone === 'UTC' || offset === '' ? timeZone : `${timeZone} (${offset})`;
}
