/** The parameters of a request about a token. @see RFC 7662 section 2.1 and RFC 7009 section 2.1 */
type TokenForm =
  | { readonly kind: 'token'; readonly token: string }
  | { readonly kind: 'problem'; readonly problem: string };

/**
 * Reads the body of a request. A parameter without a value counts as absent. Unknown parameters are ignored, and so is
 * `token_type_hint`, because the form of a token is more reliable.
 * @see RFC 6749 section 3.1
 */
export function readTokenForm(body: unknown): TokenForm {
  const parameters = new URLSearchParams(typeof body === 'string' ? body : '');
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) {
    return { kind: 'problem', problem: 'A parameter is given more than once. Give each at most once.' };
  }
  const token = parameters.get('token') ?? '';
  return token === '' ? { kind: 'problem', problem: 'The parameter token is missing.' } : { kind: 'token', token };
}
