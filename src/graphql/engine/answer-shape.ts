import {
  type FieldNode,
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { AnswerSize } from '../../application/operation/work.js';
import { priceOf } from '../schema/price.js';

type Size = { -readonly [Key in keyof AnswerSize]: AnswerSize[Key] };

/**
 * The selection on one object, without the fields that have a resolver of their own: these are measured when they
 * resolve.
 */
interface Shape extends Size {
  /** Names of fields whose values are in the object. */
  readonly values: string[];
  readonly objects: { readonly name: string; readonly shape: Shape }[];
}

/** Quotes, colon and comma. */
const bytesOfPunctuation = 4;

/** The longest number, instant, true, false or null. */
const bytesOfPlainValue = 28;

/** Measures the values of resolvers before they become an answer. Fields that directives leave out are counted, too. */
export class AnswerShapes {
  /** Lives as long as the documents, which {@link Documents} remembers. */
  readonly #shapes = new WeakMap<FieldNode, Shape>();

  measure(value: unknown, { schema, fieldNodes, fragments, returnType }: GraphQLResolveInfo): AnswerSize {
    const size = { fields: 1, calls: 0, bytes: 0 };
    for (const node of fieldNodes) {
      add(size, value, this.#shapeOf(node, { schema, fragments }, getNamedType(returnType)));
    }
    return size;
  }

  #shapeOf(node: FieldNode, from: Origin, type: GraphQLNamedType): Shape {
    const known = this.#shapes.get(node);
    if (known !== undefined) return known;
    const shape = emptyShape();
    if (node.selectionSet !== undefined) collect(shape, node.selectionSet, from, type);
    this.#shapes.set(node, shape);
    return shape;
  }
}

function emptyShape(): Shape {
  return { fields: 0, calls: 0, bytes: 0, values: [], objects: [] };
}

type Origin = Pick<GraphQLResolveInfo, 'schema' | 'fragments'>;

function collect(shape: Shape, { selections }: SelectionSetNode, from: Origin, type: GraphQLNamedType): void {
  for (const selection of selections) {
    if (selection.kind !== Kind.FIELD) {
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : from.fragments[selection.name.value];
      const condition = fragment?.typeCondition?.name.value;
      const narrowed = condition === undefined ? type : (from.schema.getType(condition) ?? type);
      if (fragment !== undefined) collect(shape, fragment.selectionSet, from, narrowed);
      continue;
    }
    const name = selection.name.value;
    shape.fields++;
    shape.bytes += (selection.alias ?? selection.name).value.length + bytesOfPunctuation;
    const field = fieldOf(from.schema, type, name);
    if (field === undefined) {
      shape.bytes += type.name.length;
    } else if (priceOf(field) !== null) {
      shape.calls++;
    } else {
      const inner = getNamedType(field.type);
      if (selection.selectionSet === undefined || !isCompositeType(inner)) {
        shape.values.push(name);
      } else {
        const below = emptyShape();
        collect(below, selection.selectionSet, from, inner);
        shape.objects.push({ name, shape: below });
      }
    }
  }
}

/** Undefined for `__typename`. */
function fieldOf(
  schema: GraphQLSchema,
  type: GraphQLNamedType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  const types: readonly GraphQLObjectType[] = isObjectType(type)
    ? [type]
    : isAbstractType(type)
      ? schema.getPossibleTypes(type)
      : [];
  return types.map((one) => one.getFields()[name]).find((field) => field !== undefined);
}

function add(size: Size, value: unknown, shape: Shape): void {
  if (Array.isArray(value)) {
    for (const item of value) add(size, item, shape);
    return;
  }
  if (typeof value !== 'object' || value === null) {
    addValue(size, value);
    return;
  }
  size.fields += shape.fields;
  size.calls += shape.calls;
  size.bytes += shape.bytes;
  for (const name of shape.values) addValue(size, Reflect.get(value, name));
  for (const { name, shape: below } of shape.objects) add(size, Reflect.get(value, name), below);
}

function addValue(size: Size, value: unknown): void {
  if (typeof value === 'string') size.bytes += value.length;
  else if (Array.isArray(value)) {
    size.fields += value.length;
    for (const item of value)
      size.bytes += typeof item === 'string' ? item.length + bytesOfPunctuation : bytesOfPlainValue;
  } else size.bytes += bytesOfPlainValue;
}
