import type { FastifyRequest } from 'fastify';
import type { LoopTurns } from '../application/operation/loop-turns.js';
import { recognisedIn } from './recognise-caller.js';

/** Waits for the turn of an operation to begin: its document and its variables are read then, which may take long. */
export function turnToBegin(request: FastifyRequest, turns: LoopTurns): Promise<void> {
  const { caller } = recognisedIn(request);
  return turns.next(caller.kind === 'user' ? 'usersBegin' : 'servicesLight', lineIn(request), unitsOf(request));
}

/** The line of a request: users take turns by user, and services by request. */
export function lineIn(request: FastifyRequest): object | string {
  const recognised = recognisedIn(request);
  return recognised.caller.kind === 'user' ? recognised.caller.name : recognised;
}

/** The units of work to read any document and its variables, and the bytes of a request that take one more. */
const unitsOfAnyRequest = 100;
const bytesOfUnit = 10;

/** The units of work to read a request, by its length, before it is read. */
function unitsOf({ headers, raw }: FastifyRequest): number {
  const bytes = Number(headers['content-length'] ?? (headers['transfer-encoding'] === undefined ? 0 : maxUnknownBytes));
  return unitsOfAnyRequest + (bytes + (raw.url?.length ?? 0)) / bytesOfUnit;
}

/** The assumed length of a body in chunks, which may have any. */
const maxUnknownBytes = 100_000;
