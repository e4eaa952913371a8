const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);

/** A method of HTTP; null for any other text, because invented methods must not add series of metrics or names of spans. */
export function httpMethodOf(method: string): string | null {
  return methods.has(method) ? method : null;
}
