import { type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';

/** The schema as schema.graphql holds it. Made when first asked for, which takes some milliseconds, and kept. */
export function textOfSchema(schema: GraphQLSchema): () => string {
  let text: string | undefined;
  return () => {
    text ??= `${printSchema(lexicographicSortSchema(schema))}\n`;
    return text;
  };
}
