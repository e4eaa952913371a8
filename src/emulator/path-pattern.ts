/**
 * Compiles a path pattern into a test. A pattern is an exact path, or has `:name` segments that stand for any one
 * segment, or ends in `*`, which stands for any rest: `/api/jwt/refresh`, `/api/user/:userId`, `/api/jwt/*`.
 */
export function pathMatcher(pattern: string): (path: string) => boolean {
  const source = pattern.split('/').map(segmentSource).join('/');
  const expression = new RegExp(`^${source}$`);
  return (path) => expression.test(path);
}

function segmentSource(segment: string): string {
  if (segment.startsWith(':')) {
    return '[^/]+';
  }
  const literal = segment.endsWith('*') ? segment.slice(0, -1) : segment;
  const escaped = literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  return segment.endsWith('*') ? `${escaped}.*` : escaped;
}
