/** What the service takes for a search: letters and digits, whatever stands between them. */
export function isSearchable(text: string): boolean {
  return (text.match(/[\p{L}\p{N}]/gu)?.length ?? 0) >= 2;
}
