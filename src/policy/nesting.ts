/**
 * How deep brackets, and the dashes and indents of lines, may nest collections, at most. The parser descends as deep as
 * the text does, and has no bound of its own.
 */
export function depthOf(text: string): number {
  let deepest = 0;
  let brackets = 0;
  for (const line of text.split('\n')) {
    const [start = ''] = /^[\s?:-]*/.exec(line) ?? [];
    const dashes = start.replace(/[^?:-]/g, '').length;
    for (const character of line) {
      if (character === '[' || character === '{') brackets += 1;
      else if ((character === ']' || character === '}') && brackets > 0) brackets -= 1;
      deepest = Math.max(deepest, brackets);
    }
    // A collection within another one is indented by at least a space, and as a rule by two.
    deepest = Math.max(deepest, dashes, line.trim() === '' ? 0 : Math.ceil((start.length - dashes) / 4));
  }
  return deepest;
}
