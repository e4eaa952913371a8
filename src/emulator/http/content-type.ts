import { type ApiError, generalError } from './errors-json.js';

const json = 'application/json';
export const jsonPatchType = 'application/json-patch+json';
export const mergePatchType = 'application/merge-patch+json';

/** What FusionAuth reads for other endpoints, so that it says what this one takes. */
const elsewhere: readonly string[] = ['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain'];

/** The media type of a Content-Type header, in lower case and without parameters. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(';', 1)[0] ?? '').trim().toLowerCase();
}

/**
 * Refuses a body that is not called JSON: FusionAuth does since 1.39.0, so a client that forgets the header fails there.
 *
 * @see https://github.com/FusionAuth/go-client/issues/68 and https://github.com/FusionAuth/fusionauth-issues/issues/570
 * @throws ApiError 400. The message for a missing header is not documented.
 */
export function requireJsonType(contentType: string, method: string): void {
  const supported = method === 'PATCH' ? [json, jsonPatchType, mergePatchType] : [json];
  const type = mediaTypeOf(contentType);
  if (!supported.includes(type)) {
    throw wrongType(type, supported);
  }
}

function wrongType(type: string, supported: readonly string[]): ApiError {
  if (type === '') {
    return generalError('[MissingContentType]', 'A request with a body needs a [Content-Type] HTTP request header.');
  }
  return [...elsewhere, json, jsonPatchType, mergePatchType].includes(type)
    ? generalError(
        '[InvalidContentType]',
        `Invalid [Content-Type] HTTP request header value of [${type}]. Supported values for this request include [${supported.join(', ')}].`,
      )
    : generalError('[UnsupportedContentType]', `Unsupported [Content-Type] HTTP request header value of [${type}].`);
}
