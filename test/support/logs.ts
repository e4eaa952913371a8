import type { DestinationStream } from 'pino';

/** One line of the service's log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly [member: string]: unknown;
}

/** A destination for a logger that keeps what is written, parsed, in memory. */
export function captureLogs(): CapturedLogs {
  const lines: LogLine[] = [];
  return {
    destination: { write: (line) => void lines.push(JSON.parse(line) as LogLine) },
    lines,
    clear: () => void lines.splice(0),
  };
}

interface CapturedLogs {
  readonly destination: DestinationStream;
  readonly lines: readonly LogLine[];
  /** Forgets what was written so far. */
  clear(): void;
}
