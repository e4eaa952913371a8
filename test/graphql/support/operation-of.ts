import { type DocumentNode, getOperationAST, type OperationDefinitionNode, parse } from 'graphql';

/** The only operation of a document. */
export function operationOf(text: string): {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
} {
  const document = parse(text);
  const operation = getOperationAST(document);
  if (operation == null) throw new TypeError('The document has no single operation');
  return { document, operation };
}
