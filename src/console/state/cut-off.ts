import { createStore } from './store.js';

/** An ending that was begun by this browser and has not come to its end: the tab was closed, or its person signed out. */
export interface CutOff {
  readonly id: string;
  /** Who began it; null when that is not known. */
  readonly viewerId: string | null;
  /** Whose sessions. */
  readonly userId: string;
  readonly total: number;
  /** In milliseconds since the Unix epoch. */
  readonly begunAt: number;
}

/** Ids and numbers alone: other people may use the same browser. */
const key = 'fusionauth-sessions-console:endings';
const maxKept = 20;
/** History may hold nothing of it any longer. */
const maxAgeMs = 86_400_000;

/** Those of this browser that no tab works on. */
export const cutOff = createStore<readonly CutOff[]>([]);

const releases = new Map<string, () => void>();

/** Remembers an ending until it is over. While this tab lives it holds a lock, by which other tabs know. */
export function remember(ending: CutOff): void {
  write([...read(), ending].slice(-maxKept));
  void navigator.locks?.request(lockOf(ending), () => new Promise<void>((done) => releases.set(ending.id, done)));
}

export function forget(id: string): void {
  write(read().filter((ending) => ending.id !== id));
  releases.get(id)?.();
  releases.delete(id);
  cutOff.set(cutOff.get().filter((ending) => ending.id !== id));
}

/** Looks for endings of a person that nobody works on. */
export async function lookForCutOff(viewerId: string | null): Promise<void> {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  const isHeld = new Set(held.map(({ name }) => name));
  cutOff.set(read().filter((ending) => ending.viewerId === viewerId && !isHeld.has(lockOf(ending))));
}

function lockOf({ id }: Pick<CutOff, 'id'>): string {
  return `${key}:${id}`;
}

function read(): readonly CutOff[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(key) ?? '[]');
    return Array.isArray(kept) ? kept.filter(isCutOff).filter(({ begunAt }) => Date.now() - begunAt < maxAgeMs) : [];
  } catch {
    return [];
  }
}

function write(endings: readonly CutOff[]): void {
  try {
    if (endings.length === 0) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(endings));
  } catch {
    // Then nobody is reminded.
  }
}

/** Another version of the console may have written it. */
function isCutOff(value: unknown): value is CutOff {
  if (typeof value !== 'object' || value === null) return false;
  const { id, viewerId, userId, total, begunAt }: Partial<Record<keyof CutOff, unknown>> = value;
  const areTexts = typeof id === 'string' && typeof userId === 'string';
  const areNumbers = typeof total === 'number' && typeof begunAt === 'number';
  return areTexts && areNumbers && (viewerId === null || typeof viewerId === 'string');
}
