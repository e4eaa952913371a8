import type { FastifyInstance } from 'fastify';
import type { LoopTurns } from '../application/operation/loop-turns.js';

/** A body of this many characters takes milliseconds to parse, whatever it holds. */
const charactersOfLongBody = 16_000;

/** Parses the long bodies of users in their turn, so that they hold up no others. */
export function parseLongBodiesInTurn(app: FastifyInstance, turns: LoopTurns): void {
  const parse = app.getDefaultJsonParser('error', 'error');
  app.addContentTypeParser<string>('application/json', { parseAs: 'string' }, (request, body, done) => {
    const caller = request.recognised?.caller;
    if (caller?.kind !== 'user' || body.length < charactersOfLongBody) return parse(request, body, done);
    const units = body.length / charactersOfBodyUnit;
    void turns.next('usersBegin', caller.name, units).then(() => parse(request, body, done));
  });
}

/**
 * The characters of a body that take one unit of work in the worst case, which is tens of thousands of nested lists.
 */
const charactersOfBodyUnit = 20;
