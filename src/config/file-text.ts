/**
 * The text of a UTF-8 file, without the byte order mark that editors on Windows write. Undefined for other bytes,
 * including UTF-16.
 */
export function fileText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
