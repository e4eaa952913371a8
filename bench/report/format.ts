export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function decimal(value: number): string {
  return value.toFixed(1);
}

export function ratio(value: number): string {
  return `${value.toFixed(2)} ×`;
}

export function mebibytes(bytes: number): string {
  return `${Math.round(bytes / 1_024 ** 2)} MiB`;
}

/** A Markdown table whose first column is text and whose others are figures. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const alignment = head.map((_, column) => (column === 0 ? '---' : '---:'));
  return [head, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
