import {
  type GraphQLArgument,
  type GraphQLInputField,
  type GraphQLInputType,
  type GraphQLSchema,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'graphql';

type Input = GraphQLArgument | GraphQLInputField;

const samplesOfScalars: Readonly<Record<string, readonly unknown[]>> = {
  Int: [1, 2, 50, 0, -1, 101, -0, 3_000_000_000, 1e300, 1.5, '1', true],
  String: ['Phone', '', 'x'.repeat(600), 'toString', '__proto__', 5, false],
  Boolean: [false, true, 'true', 1],
  DateTime: ['2026-11-25T11:58:00Z', '2026-11-25T13:00:00+01:00', 'yesterday', 5],
};

/** What is written where something else is expected, and now and then where just that is. */
export const anyLiterals = [
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

/** Writes values for arguments, in every form, and the variables that it declares for them. */
export class RandomValues {
  readonly #declared = new Map<string, string>();
  readonly #types = new Map<string, GraphQLInputType>();
  readonly #samples: Readonly<Record<string, readonly unknown[]>>;
  #next = 0;

  constructor(
    protected readonly schema: GraphQLSchema,
    ids: readonly string[],
    private numbers: readonly number[],
    private readonly oneLiteralIn: number | null,
  ) {
    this.#samples = { ...samplesOfScalars, ID: [...ids, 'x', 5, 1.5, 2 ** 53, 1e21, -0] };
  }

  protected chooseBy(numbers: readonly number[]): void {
    this.numbers = numbers;
    this.#next = 0;
  }

  /** Of the variables that a text names; the others are forgotten. */
  protected declarationsIn(text: string): readonly string[] {
    for (const name of [...this.#declared.keys()].filter((one) => !new RegExp(`\\$${one}\\b`).test(text))) {
      this.#declared.delete(name);
      this.#types.delete(name);
    }
    return [...this.#declared.values()];
  }

  protected choose<Item>(items: readonly Item[]): Item {
    const item = items[(this.numbers[this.#next++] ?? 0) % items.length];
    if (item === undefined) throw new RangeError('There is nothing to choose from');
    return item;
  }

  protected oneIn(count: number): boolean {
    return this.choose(Array.from({ length: count }, (_, index) => index)) === count - 1;
  }

  protected value(input: Input, depth: number): string {
    // Documents that hold a text are not compiled, so that most texts are variables.
    const isText = /^\[?(ID|String|DateTime)\b/.test(String(input.type));
    return this.oneIn(isText ? 20 : 2) === isText ? this.#literal(input.type, depth) : this.#variable(input);
  }

  #variable({ type, defaultValue }: Input): string {
    const nullable = String(getNullableType(type));
    const isOptional = !isNonNullType(type) || defaultValue !== undefined;
    const written = this.#literal(getNullableType(type), 0);
    const plain = [String(type), `${nullable}!`];
    // A default that is a text would keep the document from being compiled.
    const forms =
      written.includes('"') && !this.oneIn(20)
        ? plain
        : [...plain, `${nullable} = ${written}`, `${nullable}! = ${written}`];
    return this.declare(this.choose(isOptional ? [...forms, nullable] : forms), type);
  }

  protected declare(declaration: string, type: GraphQLInputType | 'Boolean'): string {
    const name = `${this.choose(['v', 'toString', 'hasOwnProperty'])}${this.#declared.size}`;
    const known = type === 'Boolean' ? this.schema.getType('Boolean') : type;
    this.#declared.set(name, `$${name}: ${declaration}`);
    this.#types.set(name, known as GraphQLInputType);
    return `$${name}`;
  }

  #literal(type: GraphQLInputType, depth: number): string {
    if (this.oneLiteralIn !== null && this.oneIn(this.oneLiteralIn)) return this.choose(anyLiterals);
    if (!isNonNullType(type) && this.oneIn(6)) return 'null';
    const inner = getNullableType(type);
    if (isListType(inner)) {
      const item: GraphQLInputType = inner.ofType;
      const one = () => this.#itemOf(item, depth);
      return this.choose([() => `[${one()}]`, () => '[]', one, () => `[${one()}, ${one()}]`])();
    }
    if (isInputObjectType(inner)) {
      const members = Object.values(inner.getFields())
        .filter((field) => (isNonNullType(field.type) && field.defaultValue === undefined) || this.oneIn(2))
        .map((field) => `${field.name}: ${depth > 0 ? this.value(field, depth - 1) : this.#literal(field.type, 0)}`);
      return `{ ${members.join(', ')} }`;
    }
    if (isEnumType(inner)) return this.choose(inner.getValues()).name;
    const written = JSON.stringify(this.#sample(this.#samples[inner.name] ?? [], 10));
    return written.startsWith('"') && this.oneIn(4) ? `""${written}""` : written;
  }

  /** The first two samples fit everywhere; one time of so many any other is taken. */
  #sample(samples: readonly unknown[], anyOneIn: number): unknown {
    const isAny = this.oneIn(this.oneLiteralIn === null ? anyOneIn : 2);
    return this.choose(isAny ? samples : samples.slice(0, 2));
  }

  #itemOf(type: GraphQLInputType, depth: number): string {
    const isText = /^(ID|String)\b/.test(String(type));
    if (depth === 0 || this.oneIn(isText ? 20 : 2)) return this.#literal(type, Math.max(0, depth - 1));
    const nullable = String(getNullableType(type));
    const written = this.#literal(getNullableType(type), 0);
    const forms = [String(type), ...(isText ? [] : [`${nullable} = ${written}`])];
    const declaration = this.choose(forms);
    return this.declare(declaration, type);
  }

  protected variables(): Readonly<Record<string, unknown>> {
    const given = [...this.#types]
      .filter(() => !this.oneIn(4))
      .map(([name, type]) => [name, this.#json(type)] as const);
    return Object.fromEntries(given);
  }

  #json(type: GraphQLInputType): unknown {
    if (this.oneIn(8)) return this.choose([null, 'x', 7, [], {}, true]);
    const inner = getNullableType(type);
    if (isListType(inner)) {
      const item: GraphQLInputType = inner.ofType;
      return this.choose([() => [this.#json(item)], () => [], () => this.#json(item)])();
    }
    if (isInputObjectType(inner)) {
      const members = Object.values(inner.getFields()).filter(
        (field) => (isNonNullType(field.type) && field.defaultValue === undefined) || this.oneIn(2),
      );
      return Object.fromEntries(members.map((field) => [field.name, this.#json(field.type)]));
    }
    if (isEnumType(inner)) return this.choose(inner.getValues()).name;
    const samples = this.#samples[inner.name] ?? [];
    return this.#sample(samples, 6);
  }
}
