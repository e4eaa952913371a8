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

/** The defaults of a field. */
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
 * The queries of a schema as they are compiled. Fields have their arguments from graphql-js, by the number of a call,
 * and scalars stand in place of the enums and numbers that they answer. graphql-jit prepares an error for each leaf
 * that it serialises, needed or not, which makes up a third of the memory that a list allocates. An option makes it
 * take leaves as they are, which is right for texts and booleans, but not for enums and numbers out of range: so it
 * serialises only scalars of our own. A list costs 8 % less CPU time.
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

/** A field that reads its arguments as graphql-js does, from the document and the variables of the caller. */
function callOf(type: GraphQLObjectType, name: string, { resolve }: GraphQLFieldConfig<unknown, OperationScope>): Call {
  const field = type.getFields()[name];
  if (field === undefined) throw new TypeError(`${type.name}.${name} is no field`);
  if (field.args.length === 0) {
    // graphql-jit reads such members itself, without a call.
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

/** The enum itself may be the type of an argument, so its name is taken. */
function scalarOf(type: GraphQLEnumType | GraphQLScalarType): GraphQLScalarType {
  return new GraphQLScalarType({ name: `${type.name}Answer`, serialize: (value) => type.serialize(value) });
}

function remembered<Key, Value>(known: Map<Key, Value>, key: Key, create: (key: Key) => Value): Value {
  const value = known.get(key) ?? create(key);
  known.set(key, value);
  return value;
}
