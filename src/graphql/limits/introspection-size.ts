import {
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  isObjectType,
  Kind,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'graphql';
import type { AnswerSize } from '../../application/operation/work.js';

type Size = { -readonly [Key in keyof AnswerSize]: AnswerSize[Key] };
type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * A field of introspection counts as three others, because it is never compiled, and holds the event loop without a
 * pause.
 */
const fieldsOfField = 3;

/** Quotes, colon and comma. */
const bytesOfPunctuation = 4;

/**
 * The size of the answer to an introspection, known before its execution: graphql-js executes it without resolvers of
 * ours that could count. The same selection on the same part of the schema is measured once, however often the document
 * leads there.
 */
export function introspectionSize(
  schema: GraphQLSchema,
  selectionSet: SelectionSetNode,
  fragments: Fragments,
): AnswerSize {
  return new IntrospectionWalk(schema, fragments).ofRoot(selectionSet);
}

class IntrospectionWalk {
  readonly #known = new Map<SelectionSetNode, Map<unknown, AnswerSize>>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly fragments: Fragments,
  ) {}

  ofRoot({ selections }: SelectionSetNode): AnswerSize {
    const size = { fields: 0, calls: 0, bytes: 0 };
    for (const selection of selections) {
      if (selection.kind !== Kind.FIELD) {
        const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (inner !== undefined) add(size, this.ofRoot(inner.selectionSet));
      } else if (selection.selectionSet !== undefined) {
        const name = selection.name.value;
        if (name === SchemaMetaFieldDef.name)
          add(size, this.#of(selection.selectionSet, this.schema, SchemaMetaFieldDef));
        if (name === TypeMetaFieldDef.name) {
          // A variable may name the type, so the largest type is counted.
          const each = Object.values(this.schema.getTypeMap()).map((type) =>
            selection.selectionSet === undefined ? size : this.#of(selection.selectionSet, type, TypeMetaFieldDef),
          );
          add(
            size,
            each.reduce((largest, one) => (one.bytes > largest.bytes ? one : largest)),
          );
        }
      }
    }
    return size;
  }

  #of(selectionSet: SelectionSetNode, source: unknown, field: GraphQLField<unknown, unknown>): AnswerSize {
    const known = this.#known.get(selectionSet) ?? new Map<unknown, AnswerSize>();
    this.#known.set(selectionSet, known);
    const remembered = known.get(source);
    if (remembered !== undefined) return remembered;
    const size = { fields: 0, calls: 0, bytes: 0 };
    known.set(source, size);
    const type = getNamedType(field.type);
    for (const selection of selectionSet.selections) {
      if (selection.kind !== Kind.FIELD) {
        const inner = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
        if (inner !== undefined) add(size, this.#of(inner.selectionSet, source, field));
        continue;
      }
      size.fields += fieldsOfField;
      size.bytes += (selection.alias ?? selection.name).value.length + bytesOfPunctuation;
      const own = isObjectType(type) ? type.getFields()[selection.name.value] : undefined;
      if (own === undefined) continue;
      const value = partOf(own, source, this.schema);
      for (const item of Array.isArray(value) ? value : [value]) {
        if (item == null) continue;
        if (selection.selectionSet !== undefined) add(size, this.#of(selection.selectionSet, item, own));
        else size.bytes += typeof item === 'string' ? item.length : bytesOfPunctuation;
      }
    }
    return size;
  }
}

/** The part of the schema below a field of introspection, whose resolver reads nothing but the schema. */
function partOf({ resolve, name }: GraphQLField<unknown, unknown>, source: unknown, schema: GraphQLSchema): unknown {
  if (resolve === undefined) return Reflect.get(Object(source), name);
  return resolve(source, { includeDeprecated: true }, undefined, { schema } as GraphQLResolveInfo);
}

function add(size: Size, { fields, calls, bytes }: AnswerSize): void {
  size.fields += fields;
  size.calls += calls;
  size.bytes += bytes;
}
