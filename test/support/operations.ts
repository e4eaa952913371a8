import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';

interface Operation {
  /** The name of the query or mutation. */
  readonly name: string;
  readonly description: string;
  /** Calls it with what it requires and selects every field, to the given depth. */
  document(ids: OperationIds, depth?: number): string;
}

/** What the arguments name. */
interface OperationIds {
  readonly userId: string;
  readonly sessionId: string;
}

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));

/** Every query and mutation of schema.graphql. */
export const operations: readonly Operation[] = (['query', 'mutation'] as const).flatMap((kind) => {
  const type = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
  return Object.values(type?.getFields() ?? {}).map((field) => ({
    name: field.name,
    description: field.description ?? '',
    document: (ids: OperationIds, depth = 1) => `${kind} ${field.name} { ${callOf(field, ids, depth)} }`,
  }));
});

/** For operations whose required arguments alone are refused. */
const validArguments: Readonly<Record<string, (ids: OperationIds) => string>> = {
  revokeSessions: ({ userId }) => `input: { userId: "${userId}", reason: OTHER }`,
};

function callOf(field: GraphQLField<unknown, unknown>, ids: OperationIds, depth: number): string {
  const written = validArguments[field.name]?.(ids);
  const required = field.args.filter(isRequiredArgument);
  const list =
    written ?? required.map(({ name, type }) => `${name}: ${exampleOf(type, `${field.name}.${name}`, ids)}`).join(', ');
  return `${field.name}${list === '' ? '' : `(${list})`}${selectionOf(field.type, ids, depth)}`;
}

/** Everything that a query or mutation answers, to the given depth, as a selection set. */
export function selectionOfOperation(name: string, ids: OperationIds, depth: number): string {
  const field = schema.getQueryType()?.getFields()[name] ?? schema.getMutationType()?.getFields()[name];
  if (field === undefined) throw new Error(`There is no operation ${name}`);
  return selectionOf(field.type, ids, depth);
}

/** Everything below, fields with required arguments included; of an interface, the members of each type it can be. */
function selectionOf(type: GraphQLOutputType, ids: OperationIds, depth: number): string {
  const named = getNamedType(type);
  if (isObjectType(named)) return ` { __typename ${fieldsOf(named, ids, depth)} }`;
  if (!isAbstractType(named)) return '';
  const members = schema.getPossibleTypes(named).map((member) => {
    return `... on ${member.name} { ${fieldsOf(member, ids, depth, `${member.name}_`)} }`;
  });
  return ` { __typename ${members.join(' ')} }`;
}

/** @param prefix For aliases where the types of an interface have fields of one name and different types. */
function fieldsOf(type: GraphQLObjectType, ids: OperationIds, depth: number, prefix?: string): string {
  return Object.values(type.getFields())
    .filter((field) => depth > 1 || !isCompositeType(getNamedType(field.type)))
    .map((field) => `${prefix === undefined ? '' : `${prefix}${field.name}: `}${callOf(field, ids, depth - 1)}`)
    .join(' ');
}

function exampleOf(type: GraphQLInputType, path: string, ids: OperationIds): string {
  if (isNonNullType(type)) return exampleOf(type.ofType, path, ids);
  if (isListType(type)) return `[${exampleOf(type.ofType, path, ids)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? '';
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    const members = required.map(({ name, type: inner }) => `${name}: ${exampleOf(inner, `${path}.${name}`, ids)}`);
    return `{ ${members.join(', ')} }`;
  }
  switch (type.name) {
    case 'Int':
      return '1';
    case 'Boolean':
      return 'true';
    default:
      return `"${/^(session|endedSession)\.id$|sessionId/.test(path) ? ids.sessionId : ids.userId}"`;
  }
}
