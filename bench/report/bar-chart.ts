export interface BarChart {
  readonly title: string;
  /** Each bar belongs to a series, which has one colour in all groups. */
  readonly series: readonly string[];
  readonly groups: readonly BarGroup[];
  /** How a value is written beside its bar. */
  readonly format: (value: number) => string;
}

export interface BarGroup {
  readonly label: string;
  readonly bars: readonly { readonly series: string; readonly value: number }[];
}

const width = 760;
const labelWidth = 250;
const valueWidth = 90;
const barHeight = 18;
const groupGap = 12;
const headHeight = 62;

/** Blue first, for the service itself; the greys and the orange are told apart also without seeing colours. */
const colours = ['#2f6fde', '#9aa5b1', '#d98324'];

/** A chart of horizontal bars as SVG, readable on light and dark pages. */
export function barChart({ title, series, groups, format }: BarChart): string {
  const largest = Math.max(...groups.flatMap(({ bars }) => bars.map(({ value }) => value)));
  const scale = (width - labelWidth - valueWidth) / largest;
  const parts: string[] = [text(0, 20, title, 'title'), ...legend(series)];
  let y = headHeight;
  for (const { label, bars } of groups) {
    parts.push(text(0, y + (bars.length * barHeight) / 2 + 4, label));
    for (const { series: name, value } of bars) {
      const length = Math.max(1, value * scale).toFixed(1);
      const colour = colours[series.indexOf(name)] ?? 'gray';
      parts.push(`<rect x="${labelWidth}" y="${y}" width="${length}" height="${barHeight - 4}" fill="${colour}"/>`);
      parts.push(text(labelWidth + value * scale + 6, y + 11, format(value)));
      y += barHeight;
    }
    y += groupGap;
  }
  const style = `text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-weight:600;font-size:14px}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${y}" width="${width}" height="${y}" role="img">
<title>${escaped(title)}</title>
<style>${style}</style>
${parts.join('\n')}
</svg>
`;
}

function legend(series: readonly string[]): string[] {
  const spacing = width / series.length;
  return series.flatMap((name, index) => [
    `<rect x="${index * spacing}" y="34" width="12" height="12" fill="${colours[index] ?? 'gray'}"/>`,
    text(index * spacing + 18, 44, name),
  ]);
}

function text(x: number, y: number, content: string, className?: string): string {
  const attribute = className === undefined ? '' : ` class="${className}"`;
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}"${attribute}>${escaped(content)}</text>`;
}

function escaped(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
