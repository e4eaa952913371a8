import { getHeapStatistics } from 'node:v8';
import {
  GraphQLError,
  type GraphQLFieldResolver,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import { noteExecuted } from '../../application/operation/executed-mutations.js';
import { LongOperations } from '../../application/operation/long-operations.js';
import { type LoopTurns, laneOf, lineOf } from '../../application/operation/loop-turns.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { type InvalidInputError, UpstreamTimeoutError } from '../../domain/errors.js';
import { AnswerShapes } from './answer-shape.js';

/** The units of a value beside its size. Hundreds of small values, such as users of sessions, add up. */
const unitsOfValue = 20;

/** The units of making and writing an error. */
const unitsOfError = 40;

/**
 * Counts the work of every field with a resolver of its own by its value, before the value becomes an answer: the
 * fields of its objects, and the resolvers that will run for them. When the share of this work in a turn of the event
 * loop is spent, values wait for the next turn, so that executing an operation never holds the loop for long.
 * Operations with large answers wait for a place. The payload of a mutation is counted and waits, too, and is never
 * refused, because the mutation has happened.
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

/**
 * The resolver without slices for its lists: compiled code takes no promises in lists, and needs a tenth of the time.
 */
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
      if (!isMutation) checkGoesOn(scope);
      // Hundreds of fields may begin together, and each works before its value can be measured.
      const begin = turns.take(laneOf(scope), lineOf(scope), 0);
      if (begin !== undefined) {
        await begin;
        if (!isMutation) checkGoesOn(scope);
      }
      const value: unknown = await resolve(source, args, scope, info);
      if (isMutation) noteExecuted(scope, info.path.key, value);
      const size = shapes.measure(value, info);
      const units = isMutation ? scope.work.note(size) : scope.work.answer(size);
      const place = longOperations.admit(scope);
      if (place !== undefined) {
        await place;
        if (!isMutation) checkGoesOn(scope);
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
      // A look-up for thousands of objects fails for all of them at once, and each gets an error of its own.
      await turns.take(laneOf(scope), lineOf(scope), unitsOfError);
      throw error;
    }
  };
}

/** Keeps the rest of an operation from beginning once it is refused or over. @throws the reason. */
function checkGoesOn({ work, time }: OperationScope): void {
  if (work.refusal !== null) throw work.refusal;
  if (time.signal.aborted) throw tooLate();
}

/** The size of a slice of a list: less than a millisecond. */
const unitsOfSlice = 1_000;

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
 * The error of each field that does not begin. A refused query is answered by a single error, so all its fields throw
 * one object, which has a place already and which graphql-js takes as it is.
 */
function refusalIn({ operation }: GraphQLResolveInfo, refusal: InvalidInputError): Error {
  if (operation.operation !== OperationTypeNode.QUERY) return refusal;
  const known = refusals.get(refusal) ?? new GraphQLError(refusal.message, { path: [], originalError: refusal });
  refusals.set(refusal, known);
  return known;
}

/**
 * The error of fields that do not begin after the deadline of an operation, or after its caller has gone. It does not
 * concern mutations, which report what they did.
 */
function tooLate(): UpstreamTimeoutError {
  return new UpstreamTimeoutError(false);
}
