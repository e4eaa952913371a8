/** Lines of cells as a file that spreadsheets open. @see RFC 4180 */
export function csvOf(lines: readonly (readonly string[])[]): string {
  return `${lines.map((line) => line.map(cell).join(',')).join('\r\n')}\r\n`;
}

/**
 * A spreadsheet would run what begins like a formula, also behind what it takes for the end of a cell: where the comma
 * is the decimal sign, that is a semicolon, and quotes before the formula are those of the cell.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
function cell(text: string): string {
  const harmless = text.replace(/(^|[,;|\t\r\n])([\s"]*)(?=[=+\-@＝＋－＠])/g, "$1$2'");
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
