/** Three parts in base64url, the first of which begins a JSON object. @see RFC 7515 section 7.1 */
export function isJwt(credential: string): boolean {
  return /^eyJ[\w-]*\.[\w-]+\.[\w-]*$/.test(credential);
}
