import {
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql/index.js';
import { CallCount, priceOf } from '../../dist/graphql/schema/price.js';
import { createSchema } from '../../dist/graphql/schema/schema.js';
import { table } from './table.mjs';

const introduction = `# Operations

<!-- Written by \`npm run docs\` from the resolvers and types in src/graphql/schema. -->

Requests go to \`POST /graphql\`, or \`GET\` for queries; subscriptions are described in
[Follow events](../guides/follow-events.md). [\`schema.graphql\`](../../schema.graphql) is the same as a file;
\`GET /schema.graphql\` serves it to callers, where \`INTROSPECTION\` is on and any document is accepted.

*Calls* are the calls to FusionAuth that the field costs with one user, one session and no optional argument;
[limits and cost](limits-and-cost.md#cost) has the rules. Fields of one operation share calls. [Permissions](permissions.md)
explains who has which permission; users without any reach their own sessions only.`;

const rootTypes = { Query: 'Queries', Mutation: 'Mutations', Subscription: 'Subscriptions' };

export function operationsPage() {
  // Nothing is executed, so the resolvers get no use cases.
  const schema = createSchema({}, {});
  const types = Object.values(schema.getTypeMap())
    .filter((type) => !type.name.startsWith('__') && !(type.name in rootTypes))
    .filter((type) => !(isScalarType(type) && isSpecifiedScalarType(type)))
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  const roots = Object.entries(rootTypes).map(([name, title]) => [title, operationsOf(schema.getType(name))]);
  const overview = table(
    ['operation', 'permission', 'calls', 'what it does'],
    roots.flatMap(([, fields]) =>
      fields.map((field) => [
        `[\`${field.name}\`](#${anchorOf(field.name)})`,
        permissionsOf(field.description)
          .map((name) => `\`${name}\``)
          .join(', ') || 'none',
        callsOf(field),
        firstSentence(field.description),
      ]),
    ),
  );
  const parts = [
    introduction,
    overview,
    ...roots.flatMap(([title, fields]) => [`## ${title}`, ...fields.flatMap(operation)]),
    '## Types',
    ...types.filter((type) => isObjectType(type) || isInterfaceType(type)).flatMap(objectType),
    '## Inputs',
    ...types.filter(isInputObjectType).flatMap(inputType),
    '## Enums',
    ...types.filter(isEnumType).flatMap(enumType),
    '## Scalars',
    ...types.filter(isScalarType).flatMap((type) => [`### ${kindOf(type)} ${type.name}`, type.description]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function operation(field) {
  const args = argumentsOf(field).map((arg) => [`\`${arg.name}\``, typeLink(arg.type), arg.description ?? '']);
  return [
    `### ${field.name}`,
    `${field.description}`,
    `Answers ${typeLink(field.type)}. Calls: ${callsOf(field)}.`,
    ...(args.length === 0 ? [] : [table(['argument', 'type', 'meaning'], args)]),
  ];
}

function objectType(type) {
  const rows = Object.values(type.getFields()).map((field) => [
    `\`${field.name}\``,
    typeLink(field.type),
    [field.description, argumentsInline(field), extraCalls(field)].filter((text) => text !== '').join(' '),
  ]);
  return [`### ${kindOf(type)} ${type.name}`, type.description, table(['field', 'type', 'meaning'], rows)];
}

function inputType(type) {
  const rows = Object.values(type.getFields()).map(({ name, type: of, description }) => [
    `\`${name}\``,
    typeLink(of),
    description ?? '',
  ]);
  return [`### ${kindOf(type)} ${type.name}`, type.description, table(['field', 'type', 'meaning'], rows)];
}

function enumType(type) {
  const rows = type.getValues().map(({ name, description }) => [`\`${name}\``, description ?? '']);
  return [`### ${kindOf(type)} ${type.name}`, type.description, table(['value', 'meaning'], rows)];
}

/** The operations of a root type, by name. */
function operationsOf(type) {
  return Object.values(type.getFields()).sort((one, other) => (one.name < other.name ? -1 : 1));
}

/** In the order of the source: decorators of parameters run from the last to the first. */
function argumentsOf({ args }) {
  return [...args].reverse();
}

function argumentsInline(field) {
  if (field.args.length === 0) return '';
  return `Arguments: ${argumentsOf(field)
    .map(({ name, type, description }) => `\`${name}\` (${typeLink(type)}): ${description}`)
    .join(' ')}`;
}

/** The calls of a field below the first level. Settings are counted once for an operation, so they are left out. */
function extraCalls(field) {
  if (priceOf(field) === null) return '';
  const calls = callsOf(field);
  return calls === '0' ? '' : `Calls: ${calls}.`;
}

function callsOf(field) {
  const calls = new CallCount();
  priceOf(field)?.(calls, sampleArguments(field.args), ['a user']);
  return String(calls.total());
}

/** The least that a caller can send. */
function sampleArguments(args) {
  return Object.fromEntries(
    args.filter(({ type }) => isNonNullType(type)).map(({ name, type }) => [name, sample(type)]),
  );
}

function sample(type) {
  if (isNonNullType(type)) return sample(type.ofType);
  if (isListType(type)) return [sample(type.ofType)];
  return isInputObjectType(type) ? sampleArguments(Object.values(type.getFields())) : 'a value';
}

/** Permissions that the description of a field names, as `Needs session:read.` */
function permissionsOf(description) {
  return [...new Set(description.match(/\b(?:session|policy|event):[a-z]+\b/g) ?? [])];
}

function firstSentence(text) {
  return text.split(/(?<=\.)\s/)[0];
}

function typeLink(type) {
  const named = getNamedType(type);
  if (isScalarType(named) && isSpecifiedScalarType(named)) return `\`${type}\``;
  return `[\`${type}\`](#${kindOf(named)}-${anchorOf(named.name)})`;
}

/** Keeps the heading of a type apart from that of an operation whose name differs only in its case. */
function kindOf(type) {
  if (isInputObjectType(type)) return 'input';
  if (isEnumType(type)) return 'enum';
  if (isInterfaceType(type)) return 'interface';
  return isScalarType(type) ? 'scalar' : 'type';
}

function anchorOf(heading) {
  return heading.toLowerCase();
}
