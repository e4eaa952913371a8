import { GraphQLError, Lexer, Source, TokenKind } from 'graphql';

/** Levels of brackets: more than fields and their arguments have, and far fewer than overflow the stack of a parser. */
const maxNesting = 200;

const opening: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L]);
const closing: ReadonlySet<TokenKind> = new Set([TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R]);

/**
 * Refuses a document whose brackets are nested too deeply, before it is parsed: parsing, and all that follows, calls
 * itself for each level. A document with few brackets is not read for it.
 * @throws GraphQLError that names the limit, or the first error of its tokens.
 */
export function checkNesting(text: string): void {
  if ((text.match(/[{[(]/g)?.length ?? 0) <= maxNesting) return;
  const lexer = new Lexer(new Source(text));
  let levels = 0;
  for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) {
    if (opening.has(token.kind)) levels++;
    else if (closing.has(token.kind)) levels--;
    if (levels > maxNesting) throw new GraphQLError(tooDeep);
  }
}

const tooDeep = `The document is nested more than ${maxNesting} levels deep; no operation needs that.`;
