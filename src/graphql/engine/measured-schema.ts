import { getHeapStatistics } from 'node:v8';
import {
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import { LongOperations } from '../../application/operation/long-operations.js';
import { type LoopTurns, laneOf, lineOf } from '../../application/operation/loop-turns.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { type InvalidInputError, UpstreamTimeoutError } from '../../domain/errors.js';
import { AnswerShapes } from './answer-shape.js';

/** What going on with a value takes beside its size: hundreds of small ones, such as users of sessions, add up. */
const unitsOfValue = 20;

/** What making and writing an error takes. */
const unitsOfError = 40;

/**
 * Counts the work of every field that has a resolver of its own by its value, before that becomes an answer: the fields
 * of its objects, and the resolvers that will run for them. When a turn of the event loop has had its share of this work,
 * values wait for the next one, so that executing an operation never holds the loop for long. Operations that fill memory
 * wait for a place. A mutation has happened when it answers, so its own payload is
 * counted and waits likewise, and is never refused.
 */
export function measureWork(schema: GraphQLSchema, turns: LoopTurns): void {
  const shapes = new AnswerShapes();
  const longOperations = new LongOperations(getHeapStatistics().heap_size_limit);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || type === schema.getSubscriptionType()) continue;
    const isMutation = type === schema.getMutationType();
    for (const field of Object.values(type.getFields())) {
      if (field.resolve === undefined) continue;
      const whole = measured(field.resolve, isMutation, { shapes, turns, longOperations, slicesLists: false });
      field.resolve = measured(field.resolve, isMutation, { shapes, turns, longOperations, slicesLists: true });
      inOnePiece.set(field.resolve, whole);
    }
  }
}

type Resolve = GraphQLFieldResolver<unknown, OperationScope>;

const inOnePiece = new WeakMap<Resolve, Resolve>();

/** The same field, whose lists come as they are: compiled code takes no promises in them, and needs a tenth of the time. */
export function withoutSlices(resolve: Resolve): Resolve {
  return inOnePiece.get(resolve) ?? resolve;
}

interface Measures {
  readonly shapes: AnswerShapes;
  readonly turns: LoopTurns;
  readonly longOperations: LongOperations;
  readonly slicesLists: boolean;
}

function measured(resolve: Resolve, isMutation: boolean, measures: Measures): Resolve {
  const { shapes, turns, longOperations, slicesLists } = measures;
  return async (source, args, scope, info) => {
    try {
      // The rest of a refused operation does not begin.
      if (!isMutation && scope.work.refusal !== null) throw scope.work.refusal;
      if (!isMutation && scope.time.signal.aborted) throw tooLate();
      const value: unknown = await resolve(source, args, scope, info);
      const size = shapes.measure(value, info);
      const units = isMutation ? scope.work.note(size) : scope.work.answer(size);
      const place = longOperations.admit(scope);
      if (place !== undefined) {
        await place;
        if (!isMutation && scope.time.signal.aborted) throw tooLate();
      }
      const take = (some: number) => turns.take(laneOf(scope), lineOf(scope), some + unitsOfValue);
      if (slicesLists && Array.isArray(value) && units > unitsOfSlice) {
        await take(unitsOfSlice);
        return listInSlices(value, units, take);
      }
      const turn = take(units);
      if (turn !== undefined) await turn;
      return value;
    } catch (error) {
      const { refusal } = scope.work;
      if (refusal !== null && error === refusal) throw refusalIn(info, refusal);
      // The look-up for thousands of objects fails for all of them at once, and each of them gets an error of its own.
      await turns.take(laneOf(scope), lineOf(scope), unitsOfError);
      throw error;
    }
  };
}

/** About a millisecond. */
const unitsOfSlice = 1_500;

/**
 * A list whose items come slice by slice, each in a turn of its own: graphql-js completes a list at once, except for the
 * items that are promises.
 */
function listInSlices(
  items: readonly unknown[],
  units: number,
  take: (units: number) => Promise<void> | undefined,
): readonly unknown[] {
  const itemsOfSlice = Math.max(1, Math.floor((items.length * unitsOfSlice) / units));
  let turn = Promise.resolve();
  return items.map((item, index) => {
    if (index < itemsOfSlice) return item;
    if (index % itemsOfSlice === 0) turn = turn.then(() => take(unitsOfSlice));
    return turn.then(() => item);
  });
}

const refusals = new WeakMap<InvalidInputError, GraphQLError>();

/**
 * The error of each field that does not begin. A refused query is answered by one error in place of all, so one object
 * with a place stands for thousands: graphql-js takes it as it is.
 */
function refusalIn({ operation }: GraphQLResolveInfo, refusal: InvalidInputError): Error {
  if (operation.operation !== OperationTypeNode.QUERY) return refusal;
  const known = refusals.get(refusal) ?? new GraphQLError(refusal.message, { path: [], originalError: refusal });
  refusals.set(refusal, known);
  return known;
}

/**
 * The error of what is not begun once the time of an operation is over, or once its caller has gone, when it is not
 * logged. Mutations have happened, and report that.
 */
function tooLate(): UpstreamTimeoutError {
  return new UpstreamTimeoutError(false);
}
