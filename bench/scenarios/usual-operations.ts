import { type Comparison, compare } from '../load/in-turn.js';
import { enforceSide, listSide, type Place } from '../load/usual-sides.js';
import type { BenchSettings } from '../settings.js';
import { listedSessions } from './list.js';

/** A list and an enforcement at each of these places. */
export async function compareUsual(places: readonly Place[], settings: BenchSettings): Promise<Comparison[]> {
  return [await compareLists(places, settings), await compareEnforcements(places, 1, settings)];
}

export async function compareLists(places: readonly Place[], settings: BenchSettings): Promise<Comparison> {
  return compare({
    what: 'list of 50 sessions, 8 at once',
    sides: await Promise.all(places.map((place) => listSide(place, listedSessions))),
    connections: 8,
    operations: settings.comparedReads,
    settings,
  });
}

/** @param surplus How many sessions each of them ends. */
export async function compareEnforcements(
  places: readonly Place[],
  surplus: number,
  settings: BenchSettings,
): Promise<Comparison> {
  return compare({
    what: `enforcement that ends ${surplus}`,
    sides: places.map((place) => enforceSide(place, surplus)),
    connections: 1,
    operations: settings.comparedWrites,
    settings,
  });
}
