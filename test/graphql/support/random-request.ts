import fc from 'fast-check';
import {
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
} from 'graphql';
import { RandomValues } from './random-values.js';

interface RandomRequest {
  readonly query: string;
  /** Several to send the document with. */
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

const variablesPerDocument = 5;

/**
 * Queries with any fields, arguments and directives, in every form in which a value can be given: written out, by a
 * variable at any depth of it, with defaults or without; and sets of variables that fit, are left out, null or wrong.
 * The first choice is the simplest everywhere, and what runs out of choices takes it, so that examples shrink.
 */
export function randomRequest(
  schema: GraphQLSchema,
  ids: readonly string[],
  { kind = OperationTypeNode.QUERY, oneLiteralIn = null }: RandomRequestOptions = {},
): fc.Arbitrary<RandomRequest> {
  const choices = (maxLength: number) => fc.array(fc.nat(9_999), { maxLength, size: 'max' });
  return fc.tuple(choices(150), choices(100)).map(([forDocument, forVariables]) => {
    const writer = new Writer(schema, ids, forDocument, oneLiteralIn);
    return writer.request(kind, forVariables);
  });
}

interface RandomRequestOptions {
  /** Default: a query. */
  readonly kind?: OperationTypeNode;
  /** One literal of so many is of any type, so that the document is refused, and values are odd more often. Default:
   * each is of the right type, and most values fit. */
  readonly oneLiteralIn?: number | null;
}

/** What is selected of one object, by the names in the answer. */
type Scope = Map<string, Call>;

/** A field as it was written, but for its selection. */
interface Call {
  readonly call: string;
  readonly field: GraphQLField<unknown, unknown>;
  readonly type: GraphQLCompositeType;
  readonly depth: number;
  readonly below: Scope;
}

class Writer extends RandomValues {
  readonly #fragments: string[] = [];
  #names = 0;

  request(kind: OperationTypeNode, forVariables: readonly number[]): RandomRequest {
    const type = this.schema.getRootType(kind);
    if (type == null) throw new TypeError(`The schema has no ${kind}`);
    const selected = this.#selection(type, 3);
    const body = [selected, ...this.#fragments].join('\n');
    const declared = this.declarationsIn(body);
    const head = declared.length === 0 ? '' : `(${declared.join(', ')})`;
    const query = `${kind} Random${head} ${body}`;
    this.chooseBy(forVariables);
    return { query, variables: Array.from({ length: variablesPerDocument }, () => this.variables()) };
  }

  #selection(type: GraphQLCompositeType, depth: number, scope: Scope = new Map()): string {
    if (isAbstractType(type)) {
      const members = this.schema
        .getPossibleTypes(type)
        .map((one) => `... on ${one.name} ${this.#selection(one, depth, scope)}`);
      const common = isInterfaceType(type) && this.oneIn(2) ? this.#fields(type, depth, scope) : [];
      return `{ ${[...members, ...common, ...(this.oneIn(2) ? ['__typename'] : [])].join(' ')} }`;
    }
    const chosen = this.#fields(type, depth, scope);
    const [implemented] = isObjectType(type) ? type.getInterfaces() : [];
    if (implemented !== undefined && this.oneIn(6)) {
      chosen.push(`... on ${implemented.name} { ${this.#fields(implemented, 0, scope).join(' ')} }`);
    }
    const body = `{ ${chosen.join(' ')} }`;
    switch (this.choose(['plain', 'plain', 'inline', 'untyped', 'fragment'])) {
      case 'inline':
        return `{ ... on ${type.name} ${body} }`;
      case 'untyped':
        return `{ ...${this.#directive(3)} ${body} }`;
      case 'fragment': {
        const name = `F${this.#fragments.length}`;
        this.#fragments.push(`fragment ${name} on ${type.name} ${body}`);
        return `{ ...${name} ...${name}${this.#directive(6)} }`;
      }
      default:
        return body;
    }
  }

  #fields(type: GraphQLObjectType | GraphQLInterfaceType, depth: number, scope: Scope): string[] {
    const fields = Object.values(type.getFields()).filter(
      (field) => depth > 0 || !isCompositeType(getNamedType(field.type)),
    );
    return Array.from({ length: this.choose([1, 2, 3]) }, () => {
      const known = [...scope.values()].filter((one) => one.type === type && one.depth === depth);
      const written = known.length > 0 && this.oneIn(5) ? this.choose(known) : null;
      const { call, field, below } = written ?? this.#call(type, this.choose(fields), depth, scope);
      const named = getNamedType(field.type);
      const selection = isCompositeType(named) ? ` ${this.#selection(named, depth - 1, below)}` : '';
      return `${call}${this.#directive(8)}${selection}`;
    });
  }

  /** A field with a name in the answer that no other one has; what is selected of it again merges with it. */
  #call(type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number, scope: Scope): Call {
    const args = field.args
      .filter((arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || this.oneIn(2))
      .map((arg) => `${arg.name}: ${this.value(arg, 3)}`);
    const others = isAbstractType(type) ? [] : Object.keys('getFields' in type ? type.getFields() : {});
    const alias = this.choose(['f', field.name, 'toString', 'f_', 'constructor', 'valueOf', '__proto__', ...others]);
    const name = scope.has(alias) || alias === 'f' ? `${alias}${++this.#names}` : alias;
    const prefix = name === field.name ? '' : `${name}: `;
    const call = `${prefix}${field.name}${args.length === 0 ? '' : `(${args.join(', ')})`}`;
    const written = { call, field, type, depth, below: new Map() };
    scope.set(name, written);
    return written;
  }

  #directive(oneIn: number): string {
    return this.oneIn(oneIn) ? ` @${this.choose(['include', 'skip'])}(if: ${this.#condition()})` : '';
  }

  #condition(): string {
    return this.choose([
      'true',
      'false',
      this.declare('Boolean = true', 'Boolean'),
      this.declare('Boolean!', 'Boolean'),
      this.declare('Boolean! = false', 'Boolean'),
    ]);
  }
}
