/** A fault of a policy, and what would be right. */
export interface PolicyProblem {
  /** From 1; null for a policy that is no text. */
  readonly line: number | null;
  readonly column: number | null;
  /** Such as `rules[0].allow`; empty for the whole. */
  readonly path: string;
  readonly message: string;
}

/** The problem as a text: the source, the place, and what would be right. */
export function problemText({ line, column, path, message }: PolicyProblem, source: string): string {
  const place = line === null ? source : `${source}:${line}:${column}`;
  return path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`;
}
