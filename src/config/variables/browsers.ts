import { z } from 'zod';
import { commaSeparated } from './kinds.js';

/** A browser writes an origin in one way only, so origins are compared as text. */
const origins = commaSeparated.pipe(
  z
    .array(
      z
        .string()
        .refine(
          isOrigin,
          'must be origins as browsers write them, such as https://admin.example.com: in lower case, without the default port, a slash at the end, a path and *',
        ),
    )
    .min(1, 'must name at least one origin')
    .max(100, 'must name at most 100 origins'),
);

/** A wildcard would be compared as text too, and match nothing. */
function isOrigin(text: string): boolean {
  return (
    !text.includes('*') &&
    URL.canParse(text) &&
    /^https?:$/.test(new URL(text).protocol) &&
    new URL(text).origin === text
  );
}

/** No wildcard: it would not cover Authorization, and would allow any other header. @see RFC 9110 section 5.1 */
const headerNames = commaSeparated.pipe(
  z
    .array(
      z
        .string()
        .regex(/^[\w!#$%&'+.^`|~-]{1,100}$/, 'must be names of headers such as x-correlation-id')
        .transform((name) => name.toLowerCase()),
    )
    .min(1, 'must name at least one header')
    .max(100, 'must name at most 100 headers'),
);

export const browserVariables = {
  CORS_ORIGINS: origins.optional().meta({
    description: 'Origins whose pages may call from a browser, separated by commas.',
    unset: 'none',
    bounds: '1 to 100 origins',
  }),
  CORS_HEADERS: headerNames.optional().meta({
    description:
      'Further headers that these pages may send, beside those of GraphQL clients and of tracing, separated by commas.',
    unset: 'none',
    bounds: '1 to 100 names',
  }),
};
