import { sendEventsTo } from '../../src/emulator/send-events.js';
import { shopId, shopTokens } from '../support/access-tokens.js';
import { sharedPostgres } from '../support/postgres.js';
import { startTestService, type TestService, type TestServiceOptions } from '../support/service.js';

export interface Replicas extends AsyncDisposable {
  readonly all: readonly TestService[];
  readonly first: TestService;
  readonly second: TestService;
  readonly databaseUrl: string;
}

interface ReplicasOptions extends Pick<TestServiceOptions, 'env' | 'clock' | 'elapsedMs'> {
  readonly count?: number;
  /** To which replicas FusionAuth delivers its events. Default: to none. */
  readonly webhooksTo?: readonly number[];
  readonly databaseUrl?: string;
  /** Whether errors in the logs are part of the test. */
  readonly mayFail?: boolean;
}

/** Several services over one database, in front of one emulated FusionAuth. */
export async function startReplicas(options: ReplicasOptions = {}): Promise<Replicas> {
  const { count = 2, webhooksTo = [], env = {}, clock, elapsedMs, mayFail = false } = options;
  const databaseUrl = options.databaseUrl ?? (await (await sharedPostgres()).createDatabase());
  const shared = { DATABASE_URL: databaseUrl, WEBHOOK_SIGNATURE: 'jwks', WEBHOOK_HANDLE_TIMEOUT_MS: '10000', ...env };
  const all: TestService[] = [];
  for (let index = 0; index < count; index++) {
    const [first] = all;
    const service = await startTestService({
      env: { ...shopTokens, ...shared },
      ...(first === undefined ? { shopId } : { beside: first }),
      ...(clock === undefined ? {} : { clock }),
      ...(elapsedMs === undefined ? {} : { elapsedMs }),
    });
    all.push(service);
    if (webhooksTo.includes(index)) sendEventsTo(service.emulator, `${service.url}/webhooks/fusionauth`, 'None');
  }
  const [first, second = first] = all;
  if (first === undefined || second === undefined) throw new TypeError('No replica');
  return {
    all,
    first,
    second,
    databaseUrl,
    async [Symbol.asyncDispose]() {
      const troubles = all.flatMap(({ logs }) => logs.filter(({ err }) => err !== undefined));
      for (const service of all.toReversed()) await service[Symbol.asyncDispose]();
      if (!mayFail && troubles.length > 0) throw new Error(JSON.stringify(troubles, null, 2));
    },
  };
}
