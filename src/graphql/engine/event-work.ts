import { type LoopTurns, laneOf, lineOf } from '../../application/operation/loop-turns.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import type { Spending } from '../../domain/ports/spending.js';

/** The units of executing a subscription for one event, and of writing what it shows. */
const unitsOfEvent = 100;

/**
 * The work of one subscriber's events. A stream may begin with hundreds of them, as often as it is opened, so they cost points
 * and take turns with all other work.
 */
export class EventWork {
  #points = 0;

  constructor(
    private readonly scope: Pick<OperationScope, 'caller' | 'work'>,
    private readonly spending: Pick<Spending, 'charge'>,
    private readonly turns: LoopTurns,
  ) {}

  /** Waits for the turn of one more event, and charges for it. */
  async begin(): Promise<void> {
    const { caller, work } = this.scope;
    const turn = this.turns.take(laneOf(this.scope), lineOf(this.scope), unitsOfEvent);
    if (turn !== undefined) await turn;
    work.note({ fields: unitsOfEvent, calls: 0, bytes: 0 });
    const { points } = work;
    if (points === this.#points) return;
    await this.spending.charge(caller, points - this.#points);
    this.#points = points;
  }
}
