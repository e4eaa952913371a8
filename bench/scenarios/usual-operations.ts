import { type Comparison, compare } from '../load/in-turn.js';
import { enforceSide, listSide, type Place } from '../load/usual-sides.js';
import type { BenchSettings } from '../settings.js';
import { listedSessions } from './list.js';

/** A list and an enforcement at each of these places. */
export async function compareUsual(places: readonly Place[], settings: BenchSettings): Promise<Comparison[]> {
  const list = await compare({
    what: 'list of 50 sessions, 8 at once',
    sides: await Promise.all(places.map((place) => listSide(place, listedSessions))),
    connections: 8,
    operations: settings.comparedReads,
    settings,
  });
  const enforcement = await compare({
    what: 'enforcement that ends 1',
    sides: places.map((place) => enforceSide(place, 1)),
    connections: 1,
    operations: settings.comparedWrites,
    settings,
  });
  return [list, enforcement];
}
