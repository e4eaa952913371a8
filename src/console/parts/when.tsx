import { useNow } from '../state/now.js';
import { distance, exactTime, fullTime, shortTime } from '../times.js';

interface Props {
  /** RFC 3339. */
  readonly at: string;
  /** Two lines: how long ago, and when; one line: when, to the second. */
  readonly style?: 'two-lines' | 'exact' | 'short';
}

/** An instant, with its day and zone for those who hover it and for programs. */
export function When({ at, style = 'two-lines' }: Props) {
  const now = useNow();
  const instant = Date.parse(at);
  if (style === 'two-lines') {
    return (
      <time dateTime={at} title={fullTime(instant)} class="when">
        <span>{distance(instant, now)}</span>
        <span class="second">{shortTime(instant, now)}</span>
      </time>
    );
  }
  return (
    <time dateTime={at} title={fullTime(instant)}>
      {style === 'exact' ? exactTime(instant, now) : shortTime(instant, now)}
    </time>
  );
}
