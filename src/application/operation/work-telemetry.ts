/** The reports of the limits that refuse work. */
export interface WorkTelemetry {
  /** A request was refused, or its answer cut off, because of a limit. */
  workRefused(limit: WorkLimitName): void;
}

/** The limits that refuse work. */
export type WorkLimitName =
  /** Too many operations run at the same time. */
  | 'concurrentOperations'
  /** Too many long bodies are on their way. */
  | 'bodies'
  /** Too many requests of a connection wait for their answers. */
  | 'unansweredRequests'
  /** The caller has spent its points of this interval. */
  | 'rate'
  /** The operation could cause too many calls to FusionAuth. */
  | 'cost'
  /** The document is too long, too deep or too wide. */
  | 'document'
  /** Its variables hold too much. */
  | 'variables'
  /** It makes the process do too much. */
  | 'work'
  /** The answer is too long. */
  | 'answer'
  /** Too many credentials from its address were refused. */
  | 'guesses'
  /** Too many subscriptions are open. */
  | 'subscriptions'
  /** Too many deliveries of FusionAuth are being handled. */
  | 'deliveries'
  /** Too many calls to FusionAuth wait for their turn. */
  | 'upstreamCalls';
