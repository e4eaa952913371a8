import fc from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLInterfaceType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  OperationTypeNode,
} from 'graphql';

interface RandomRequest {
  readonly query: string;
  /** Several to send the document with. */
  readonly variables: readonly Readonly<Record<string, unknown>>[];
}

const samplesOfScalars: Readonly<Record<string, readonly unknown[]>> = {
  Int: [1, 2, 50, 0, -1, 101, -0, 3_000_000_000, 1e300, 1.5, '1', true],
  String: ['Phone', '', 'x'.repeat(600), 'toString', '__proto__', 5, false],
  Boolean: [false, true, 'true', 1],
  DateTime: ['2026-11-25T11:58:00Z', '2026-11-25T13:00:00+01:00', 'yesterday', 5],
};

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
  const samples = { ...samplesOfScalars, ID: [...ids, 'x', 5, 1.5, 2 ** 53, 1e21, -0] };
  const choices = (maxLength: number) => fc.array(fc.nat(9_999), { maxLength, size: 'max' });
  return fc.tuple(choices(150), choices(100)).map(([forDocument, forVariables]) => {
    const writer = new Writer(schema, samples, forDocument, oneLiteralIn);
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

type Input = GraphQLArgument | GraphQLInputField;

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

/** What is written where something else is expected, and now and then where just that is. */
const anyLiterals = [
  '"x"',
  '-1',
  '1.5',
  '3000000000',
  'true',
  'NOTHING',
  '[]',
  '{}',
  '[null]',
  '{ x: 1 }',
  '""',
  '[[]]',
];

class Writer {
  readonly #declared = new Map<string, string>();
  readonly #fragments: string[] = [];
  readonly #types = new Map<string, GraphQLInputType>();
  #next = 0;
  #names = 0;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly samples: Readonly<Record<string, readonly unknown[]>>,
    private numbers: readonly number[],
    private readonly oneLiteralIn: number | null,
  ) {}

  request(kind: OperationTypeNode, forVariables: readonly number[]): RandomRequest {
    const type = this.schema.getRootType(kind);
    if (type == null) throw new TypeError(`The schema has no ${kind}`);
    const selected = this.#selection(type, 3);
    const body = [selected, ...this.#fragments].join('\n');
    for (const name of [...this.#declared.keys()].filter((one) => !new RegExp(`\\$${one}\\b`).test(body))) {
      this.#declared.delete(name);
      this.#types.delete(name);
    }
    const declared = [...this.#declared.values()];
    const head = declared.length === 0 ? '' : `(${declared.join(', ')})`;
    const query = `${kind} Random${head} ${body}`;
    this.numbers = forVariables;
    this.#next = 0;
    return { query, variables: Array.from({ length: variablesPerDocument }, () => this.#variables()) };
  }

  #choose<Item>(items: readonly Item[]): Item {
    const item = items[(this.numbers[this.#next++] ?? 0) % items.length];
    if (item === undefined) throw new RangeError('There is nothing to choose from');
    return item;
  }

  #oneIn(count: number): boolean {
    return this.#choose(Array.from({ length: count }, (_, index) => index)) === count - 1;
  }

  #selection(type: GraphQLCompositeType, depth: number, scope: Scope = new Map()): string {
    if (isAbstractType(type)) {
      const members = this.schema
        .getPossibleTypes(type)
        .map((one) => `... on ${one.name} ${this.#selection(one, depth, scope)}`);
      const common = isInterfaceType(type) && this.#oneIn(2) ? this.#fields(type, depth, scope) : [];
      return `{ ${[...members, ...common, ...(this.#oneIn(2) ? ['__typename'] : [])].join(' ')} }`;
    }
    const chosen = this.#fields(type, depth, scope);
    const [implemented] = isObjectType(type) ? type.getInterfaces() : [];
    if (implemented !== undefined && this.#oneIn(6)) {
      chosen.push(`... on ${implemented.name} { ${this.#fields(implemented, 0, scope).join(' ')} }`);
    }
    const body = `{ ${chosen.join(' ')} }`;
    switch (this.#choose(['plain', 'plain', 'inline', 'untyped', 'fragment'])) {
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
    return Array.from({ length: this.#choose([1, 2, 3]) }, () => {
      const known = [...scope.values()].filter((one) => one.type === type && one.depth === depth);
      const written = known.length > 0 && this.#oneIn(5) ? this.#choose(known) : null;
      const { call, field, below } = written ?? this.#call(type, this.#choose(fields), depth, scope);
      const named = getNamedType(field.type);
      const selection = isCompositeType(named) ? ` ${this.#selection(named, depth - 1, below)}` : '';
      return `${call}${this.#directive(8)}${selection}`;
    });
  }

  /** A field with a name in the answer that no other one has; what is selected of it again merges with it. */
  #call(type: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, depth: number, scope: Scope): Call {
    const args = field.args
      .filter((arg) => (isNonNullType(arg.type) && arg.defaultValue === undefined) || this.#oneIn(2))
      .map((arg) => `${arg.name}: ${this.#value(arg, 3)}`);
    const others = isAbstractType(type) ? [] : Object.keys('getFields' in type ? type.getFields() : {});
    const alias = this.#choose(['f', field.name, 'toString', 'f_', 'constructor', 'valueOf', '__proto__', ...others]);
    const name = scope.has(alias) || alias === 'f' ? `${alias}${++this.#names}` : alias;
    const prefix = name === field.name ? '' : `${name}: `;
    const call = `${prefix}${field.name}${args.length === 0 ? '' : `(${args.join(', ')})`}`;
    const written = { call, field, type, depth, below: new Map() };
    scope.set(name, written);
    return written;
  }

  #directive(oneIn: number): string {
    return this.#oneIn(oneIn) ? ` @${this.#choose(['include', 'skip'])}(if: ${this.#condition()})` : '';
  }

  #condition(): string {
    return this.#choose([
      'true',
      'false',
      this.#declare('Boolean = true', 'Boolean'),
      this.#declare('Boolean!', 'Boolean'),
      this.#declare('Boolean! = false', 'Boolean'),
    ]);
  }

  #value(input: Input, depth: number): string {
    // Documents that hold a text are not compiled, so that most texts are variables.
    const isText = /^\[?(ID|String|DateTime)\b/.test(String(input.type));
    return this.#oneIn(isText ? 20 : 2) === isText ? this.#literal(input.type, depth) : this.#variable(input);
  }

  #variable({ type, defaultValue }: Input): string {
    const nullable = String(getNullableType(type));
    const isOptional = !isNonNullType(type) || defaultValue !== undefined;
    const written = this.#literal(getNullableType(type), 0);
    const plain = [String(type), `${nullable}!`];
    // A default that is a text would keep the document from being compiled.
    const forms =
      written.includes('"') && !this.#oneIn(20)
        ? plain
        : [...plain, `${nullable} = ${written}`, `${nullable}! = ${written}`];
    return this.#declare(this.#choose(isOptional ? [...forms, nullable] : forms), type);
  }

  #declare(declaration: string, type: GraphQLInputType | 'Boolean'): string {
    const name = `${this.#choose(['v', 'toString', 'hasOwnProperty'])}${this.#declared.size}`;
    const known = type === 'Boolean' ? this.schema.getType('Boolean') : type;
    this.#declared.set(name, `$${name}: ${declaration}`);
    this.#types.set(name, known as GraphQLInputType);
    return `$${name}`;
  }

  #literal(type: GraphQLInputType, depth: number): string {
    if (this.oneLiteralIn !== null && this.#oneIn(this.oneLiteralIn)) return this.#choose(anyLiterals);
    if (!isNonNullType(type) && this.#oneIn(6)) return 'null';
    const inner = getNullableType(type);
    if (isListType(inner)) {
      const item: GraphQLInputType = inner.ofType;
      const one = () => this.#itemOf(item, depth);
      return this.#choose([() => `[${one()}]`, () => '[]', one, () => `[${one()}, ${one()}]`])();
    }
    if (isInputObjectType(inner)) {
      const members = Object.values(inner.getFields())
        .filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined) || this.#oneIn(2))
        .map((field) => `${field.name}: ${depth > 0 ? this.#value(field, depth - 1) : this.#literal(field.type, 0)}`);
      return `{ ${members.join(', ')} }`;
    }
    if (isEnumType(inner)) return this.#choose(inner.getValues()).name;
    const written = JSON.stringify(this.#sample(this.samples[inner.name] ?? [], 10));
    return written.startsWith('"') && this.#oneIn(4) ? `""${written}""` : written;
  }

  /** The first two samples fit everywhere; one time of so many any other is taken. */
  #sample(samples: readonly unknown[], anyOneIn: number): unknown {
    const isAny = this.#oneIn(this.oneLiteralIn === null ? anyOneIn : 2);
    return this.#choose(isAny ? samples : samples.slice(0, 2));
  }

  #itemOf(type: GraphQLInputType, depth: number): string {
    const isText = /^(ID|String)\b/.test(String(type));
    if (depth === 0 || this.#oneIn(isText ? 20 : 2)) return this.#literal(type, Math.max(0, depth - 1));
    const nullable = String(getNullableType(type));
    const written = this.#literal(getNullableType(type), 0);
    const forms = [String(type), ...(isText ? [] : [`${nullable} = ${written}`])];
    const declaration = this.#choose(forms);
    return this.#declare(declaration, type);
  }

  #variables(): Readonly<Record<string, unknown>> {
    const given = [...this.#types]
      .filter(() => !this.#oneIn(4))
      .map(([name, type]) => [name, this.#json(type)] as const);
    return Object.fromEntries(given);
  }

  #json(type: GraphQLInputType): unknown {
    if (this.#oneIn(8)) return this.#choose([null, 'x', 7, [], {}, true]);
    const inner = getNullableType(type);
    if (isListType(inner)) {
      const item: GraphQLInputType = inner.ofType;
      return this.#choose([() => [this.#json(item)], () => [], () => this.#json(item)])();
    }
    if (isInputObjectType(inner)) {
      const members = Object.values(inner.getFields()).filter(
        (field) => (isNonNullType(field.type) && field.defaultValue === undefined) || this.#oneIn(2),
      );
      return Object.fromEntries(members.map((field) => [field.name, this.#json(field.type)]));
    }
    if (isEnumType(inner)) return this.#choose(inner.getValues()).name;
    const samples = this.samples[inner.name] ?? [];
    return this.#sample(samples, 6);
  }
}
