import fc from 'fast-check';
import { expect, it } from 'vitest';
import { csvOf } from '../../src/console/csv.js';

/** A file as RFC 4180 has it, with the separator given: where the comma is the decimal sign, that is a semicolon. */
function read(csv: string, separator: string): readonly (readonly string[])[] {
  const lines: string[][] = [[]];
  let cell = '';
  let isQuoted = false;
  for (let at = 0; at < csv.length; at++) {
    const letter = csv[at] ?? '';
    if (isQuoted && letter === '"' && csv[at + 1] === '"') cell += csv[++at] ?? '';
    else if (letter === '"' && (isQuoted || cell === '')) isQuoted = !isQuoted;
    else if (!isQuoted && letter === separator) cell = push(cell);
    else if (!isQuoted && letter === '\r' && csv[at + 1] === '\n') {
      cell = push(cell);
      lines.push([]);
      at++;
    } else cell += letter;
  }
  return lines.slice(0, -1);

  function push(text: string): string {
    lines.at(-1)?.push(text);
    return '';
  }
}

const text = fc
  .array(
    fc.constantFrom(
      '=',
      '+',
      '-',
      '@',
      '\t',
      ' ',
      '\r',
      '\n',
      '"',
      "'",
      ',',
      ';',
      '|',
      '＝',
      '＠',
      'cmd',
      '1',
      'é',
      '\u202e',
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));
const file = fc.array(fc.array(text, { minLength: 3, maxLength: 3 }), { minLength: 1, maxLength: 4 });

it('writes no cell that a spreadsheet takes for a formula, whichever separator it knows', () => {
  fc.assert(
    fc.property(file, (lines) => {
      for (const separator of [',', ';', '\t', '|']) {
        for (const cell of read(csvOf(lines), separator).flat()) expect(cell).not.toMatch(/^\s*[=+\-@＝＋－＠]/);
      }
    }),
  );
});

it('keeps what was written, but for the mark before what would be a formula', () => {
  fc.assert(
    fc.property(file, (lines) => {
      const marked = (line: readonly string[]) => line.map((cell) => cell.replaceAll("'", ''));
      expect(read(csvOf(lines), ',').map(marked)).toEqual(lines.map(marked));
    }),
  );
});
