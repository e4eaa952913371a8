import type { QueryOptions, TestService } from './service.js';

/**
 * Posts an operation and answers everything that HTTP does, as one text, for comparing two answers byte for byte. The
 * ids that the caller itself named and the id of the request are replaced by placeholders; the time of day and what is
 * left of the caller's rate limit, which differ between any two answers, are left out.
 */
export async function comparableAnswer(
  service: TestService,
  document: string,
  named: Readonly<Record<string, string>>,
  { key = null, headers = {} }: QueryOptions = {},
): Promise<string> {
  const response = await service.fetch('/graphql', {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(key === null ? {} : { authorization: `Bearer ${key}` }),
      ...headers,
    },
    body: JSON.stringify({ query: document, variables: named }),
  });
  const head = [...response.headers].filter(([name]) => !/^date$|ratelimit|^content-length$/.test(name));
  const body = (await response.text()).replace(/"remainingPoints":\d+/g, '"remainingPoints":…');
  const text = [response.status, ...head.map((entry) => entry.join(': ')), body].join('\n');
  const placeholders = { ...named, requestId: response.headers.get('x-request-id') ?? '' };
  return Object.entries(placeholders).reduce((result, [name, value]) => result.replaceAll(value, `<${name}>`), text);
}
