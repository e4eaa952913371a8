import { type DocumentNode, type GraphQLError, Location, Source, type SourceLocation, Token, visit } from 'graphql';

/**
 * Replaces the text of a document at the nodes of its tree. graphql-js counts the lines of the text for each error and
 * for each compiled field, which takes up to half a millisecond for a text of thousands of lines, and an answer can
 * have thousands of errors. This source has no lines, so graphql-js places an error in the first line, at an offset;
 * `locationsOf` finds line and column when an error is written.
 */
export class DocumentSource extends Source {
  #lineStarts: readonly number[] | null = null;

  constructor(readonly text: string) {
    super('');
  }

  locationOf(offset: number): SourceLocation {
    const starts = this.#lineStarts ?? lineStartsOf(this.text);
    this.#lineStarts = starts;
    let [low, high] = [0, starts.length];
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  }
}

/** @see https://spec.graphql.org/October2021/#sec-Line-Terminators */
const lineTerminator = /\r\n|[\n\r]/g;

function lineStartsOf(text: string): readonly number[] {
  return [0, ...Array.from(text.matchAll(lineTerminator), ({ 0: match, index }) => index + match.length)];
}

/**
 * Gives all nodes of a document this source, and unlinks each token from its neighbours: otherwise one token keeps all
 * others alive, including those of comments.
 */
export function simplifyPlaces(document: DocumentNode, text: string): void {
  const source = new DocumentSource(text);
  visit(document, {
    enter({ loc }) {
      if (!(loc instanceof Location)) return;
      Object.assign(loc, { source });
      for (const token of [loc.startToken, loc.endToken]) {
        if (token instanceof Token) Object.assign(token, { prev: null, next: null });
      }
    },
  });
}

/** The places of an error in the document of the caller. */
export function locationsOf({ source, positions, locations }: GraphQLError): readonly SourceLocation[] | undefined {
  if (!(source instanceof DocumentSource) || positions === undefined) return locations;
  return positions.map((offset) => source.locationOf(offset));
}
