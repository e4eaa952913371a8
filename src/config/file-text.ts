/**
 * The text of a file in UTF-8, without the mark that editors on Windows put before it. Undefined for what is no text,
 * UTF-16 included.
 */
export function fileText(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
