import { type GraphQLFieldResolver, type GraphQLSchema, isObjectType } from 'graphql';
import { LoopTurns } from '../../application/operation/loop-turns.js';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { AnswerShapes } from './answer-shape.js';

/** About five milliseconds of CPU. */
const maxUnitsOfTurn = 8_000;

/** What going on with a value takes beside its size: hundreds of small ones, such as users of sessions, add up. */
const unitsOfValue = 20;

/**
 * Counts the work of every field that has a resolver of its own by its value, before that becomes an answer: the fields
 * of its objects, and the resolvers that will run for them. When a turn of the event loop has had its share of this work,
 * values wait for the next one, so that executing an operation never holds the loop for long. A mutation has happened when it answers, so its own payload is
 * counted and waits likewise, and is never refused.
 */
export function measureWork(schema: GraphQLSchema): void {
  const shapes = new AnswerShapes();
  const turns = new LoopTurns(maxUnitsOfTurn);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('__') || type === schema.getSubscriptionType()) continue;
    const isMutation = type === schema.getMutationType();
    for (const field of Object.values(type.getFields())) {
      if (field.resolve !== undefined) field.resolve = measured(field.resolve, isMutation, shapes, turns);
    }
  }
}

type Resolve = GraphQLFieldResolver<unknown, OperationScope>;

function measured(resolve: Resolve, isMutation: boolean, shapes: AnswerShapes, turns: LoopTurns): Resolve {
  return async (source, args, scope, info) => {
    // The rest of a refused operation does not begin.
    if (!isMutation && scope.work.refusal !== null) throw scope.work.refusal;
    const value: unknown = await resolve(source, args, scope, info);
    const size = shapes.measure(value, info);
    const units = isMutation ? scope.work.note(size) : scope.work.answer(size);
    const turn = turns.take(scope, units + unitsOfValue);
    if (turn !== undefined) await turn;
    return value;
  };
}
