/** The first value of a header, or an empty text. */
export function headerText(value: string | string[] | undefined): string {
  return (Array.isArray(value) ? value[0] : value) ?? '';
}

const maxErrorCodes = 5;
const maxErrorCodeLength = 64;

/** The `[reason]field` codes of FusionAuth's Errors JSON. Messages are left out: they can quote the request. */
export function errorCodes(text: string, contentType: string): readonly string[] {
  if (!contentType.startsWith('application/json')) return [];
  const codes = text.matchAll(/"code"\s*:\s*"(\[[\w.]+\][\w.]*)"/g);
  return Array.from(codes, ([, code = '']) => code.slice(0, maxErrorCodeLength)).slice(0, maxErrorCodes);
}
