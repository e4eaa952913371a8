/** Every series that is not one of the Node.js process, by its name with its labels. */
export function seriesOf(text: string): ReadonlyMap<string, number> {
  const series = [...text.matchAll(/^((?!nodejs_|process_)[a-z_]+(?:\{.*\})?) (\S+)$/gm)];
  return new Map(series.map(([, name = '', value]) => [name, Number(value)]));
}
