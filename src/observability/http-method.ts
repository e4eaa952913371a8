const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'TRACE']);

/** Null for what is no method of HTTP: whoever invents others must not add series of metrics or names of spans. */
export function httpMethodOf(method: string): string | null {
  return methods.has(method) ? method : null;
}
