import {
  defaultFieldResolver,
  type FieldNode,
  type GraphQLEnumType,
  type GraphQLFieldConfig,
  GraphQLFloat,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLScalarType,
  GraphQLSchema,
  getArgumentValues,
  getNamedType,
  isAbstractType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
} from 'graphql';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { callArgument } from './compiled-document.js';
import { withoutSlices } from './measured-schema.js';

/** A call of a field without arguments, which have their defaults then. */
const noArguments: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '' } };

/** The context that compiled code hands from field to field, in place of the scope of the operation. */
export interface CompiledContext {
  readonly scope: OperationScope;
  /** Coerced by graphql-js. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** The fields by the numbers of their calls. @see withoutValues */
  readonly calls: readonly FieldNode[];
}

/**
 * Makes the schema by which queries are compiled. Its fields get their arguments from graphql-js, by the number of a
 * call, and scalars of our own replace enums and numbers. graphql-jit prepares an error for each leaf that it
 * serialises, a third of the memory that a list allocates. An option makes it take leaves as they are, which is right
 * for texts and booleans, but not for enums and for numbers out of range: so it serialises only our scalars. A list
 * takes 8 % less CPU time.
 */
export function schemaToCompile(schema: GraphQLSchema): GraphQLSchema {
  const objects = new Map<GraphQLObjectType, GraphQLObjectType>();
  const scalars = new Map<GraphQLEnumType | GraphQLScalarType, GraphQLScalarType>();

  const outputOf = (type: GraphQLOutputType): GraphQLOutputType => {
    if (isNonNullType(type)) return new GraphQLNonNull(outputOf(type.ofType));
    if (isListType(type)) return new GraphQLList(outputOf(type.ofType));
    if (isObjectType(type)) return remembered(objects, type, objectOf);
    if (isAbstractType(type)) throw new TypeError(`${type.name}: its members are not known here`);
    return isEnumType(type) || isNumber(type) ? remembered(scalars, type, scalarOf) : type;
  };
  const objectOf = (type: GraphQLObjectType) => {
    const { fields, interfaces: _none, ...config } = type.toConfig();
    // Queries that select fields of an abstract type are not compiled.
    const entries = Object.entries(fields).filter(([, field]) => !isAbstractType(getNamedType(field.type)));
    return new GraphQLObjectType({
      ...config,
      fields: () =>
        Object.fromEntries(
          entries.map(([name, field]) => [
            name,
            { ...field, ...callOf(type, name, field), type: outputOf(field.type) },
          ]),
        ),
    });
  };
  const query = schema.getQueryType();
  return new GraphQLSchema({ query: query == null ? null : objectOf(query), assumeValid: true });
}

type Call = Pick<GraphQLFieldConfig<unknown, CompiledContext, Readonly<Record<string, unknown>>>, 'args' | 'resolve'>;

/** A field that has graphql-js read its arguments, from the document and the variables of the caller. */
function callOf(type: GraphQLObjectType, name: string, { resolve }: GraphQLFieldConfig<unknown, OperationScope>): Call {
  const field = type.getFields()[name];
  if (field === undefined) throw new TypeError(`${type.name}.${name} is no field`);
  if (field.args.length === 0) {
    // graphql-jit reads members without a resolver itself.
    if (resolve == null) return {};
    const whole = withoutSlices(resolve);
    return { resolve: (source, args, { scope }, info) => whole(source, args, scope, info) };
  }
  const resolver = resolve == null ? defaultFieldResolver : withoutSlices(resolve);
  return {
    args: { [callArgument]: { type: GraphQLInt } },
    resolve(source, { [callArgument]: call }, { scope, variables, calls }, info) {
      const node = typeof call === 'number' ? calls[call] : undefined;
      const args =
        node === undefined
          ? getArgumentValues(field, noArguments, variables)
          : getArgumentValues(field, node, variables);
      return resolver(source, args, scope, info);
    },
  };
}

function isNumber(type: GraphQLOutputType): type is GraphQLScalarType {
  return type === GraphQLInt || type === GraphQLFloat;
}

/** A name of its own, because the enum may stay in the schema as the type of an argument. */
function scalarOf(type: GraphQLEnumType | GraphQLScalarType): GraphQLScalarType {
  return new GraphQLScalarType({ name: `${type.name}Answer`, serialize: (value) => type.serialize(value) });
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, create: (key: Key) => Value): Value {
  const value = known.get(key) ?? create(key);
  known.set(key, value);
  return value;
}
