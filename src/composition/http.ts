import type { FastifyInstance } from 'fastify';
import { watchCredentials } from '../application/events/watch-credentials.js';
import { readConsoleDocuments } from '../config/console-documents.js';
import { silenceTimeoutMs } from '../config/silence-timeout.js';
import type { TrustedDocuments } from '../config/trusted-documents.js';
import type { DisposalList } from '../disposal-list.js';
import type { Stores } from '../domain/ports/stores.js';
import { startApollo } from '../graphql/engine/apollo.js';
import { Documents } from '../graphql/engine/documents.js';
import { measureWork } from '../graphql/engine/measured-schema.js';
import { createSubscribe } from '../graphql/engine/subscriptions.js';
import { createDocumentFinder } from '../graphql/engine/trusted-documents.js';
import { createSchema } from '../graphql/schema/schema.js';
import { textOfSchema } from '../graphql/schema/schema-text.js';
import type { HealthOptions } from '../http/health.js';
import { createHttpServer } from '../http/http-server.js';
import type { Drain } from '../http/stopping.js';
import { InProcessSpending } from '../in-process/spending.js';
import { createConsole } from './console.js';
import type { Foundation } from './foundation.js';
import type { ConnectedFusionAuth } from './fusionauth.js';
import { graphiqlOf } from './graphiql-options.js';
import { createOAuth } from './oauth.js';
import { createRecognition } from './operations.js';
import type { ServiceKeys } from './service-keys.js';
import type { Counted } from './service-readings.js';
import type { AllUseCases } from './use-cases.js';
import { createWebhook } from './webhook.js';

interface HttpParts {
  readonly connected: ConnectedFusionAuth;
  readonly stores: Stores;
  readonly useCases: AllUseCases;
  readonly health: HealthOptions;
  readonly serviceKeys: ServiceKeys;
  /** The only operations accepted; null to accept any. */
  readonly trustedDocuments: TrustedDocuments | null;
  readonly counted: Counted;
  /** Begun when the service is about to stop. */
  readonly drain: Drain;
}

/** The HTTP server with the GraphQL engine behind it, not listening yet. */
export async function createHttp(
  foundation: Foundation,
  { connected, stores, useCases, health, serviceKeys, trustedDocuments, counted, drain }: HttpParts,
  opened: DisposalList,
): Promise<FastifyInstance> {
  const { config, secrets, clock, telemetry, logger, turns } = foundation;
  const { limits, introspection, compileQueries } = config;
  const { memory, feed } = stores;
  const { authenticator } = serviceKeys;
  const schema = createSchema(useCases, config);
  measureWork(schema, turns);
  const spending = new InProcessSpending(limits.rateLimit);
  const documents = new Documents({ schema, introspection, limits });
  const graphQL = { schema, telemetry, documents, limits };
  const engine = { logger, introspection, spending, trustedDocuments, compileQueries, turns };
  const apollo = await startApollo({ ...graphQL, ...engine });
  opened.defer(() => apollo.stop());

  const recognition = createRecognition(foundation, authenticator, memory, spending);
  const { guesses } = recognition.graphQL;
  const { createScope, revokeSession } = useCases;
  const parts = { recognition: recognition.graphQL, guesses, createScope, revokeSession };
  const console = await createConsole(foundation, parts);
  const operations = {
    ...recognition.graphQL,
    recogniseConsole: console?.recognise ?? null,
    createScope,
    findDocument: createDocumentFinder(limits.maxQueryCharacters, trustedDocuments, await readConsoleDocuments()),
  };
  const http = createHttpServer({
    telemetry,
    graphQL: { apollo, turns, ...operations, ...limits },
    ...limits,
    ...createOAuth(foundation, { connected, stores, useCases, createScope, spending }, recognition.oauth),
    subscriptions: {
      ...operations,
      ...config.subscriptions,
      count: counted.subscriptions,
      subscribe: createSubscribe({ ...graphQL, spending, turns }),
      turns,
      onRevoked: (caller, callback) =>
        caller.kind === 'service'
          ? authenticator.onEnded(caller, callback)
          : watchCredentials(feed, memory, caller, callback),
      clock,
    },
    health,
    webhook: createWebhook(foundation, connected.fusionAuth, useCases, counted.deliveries, opened),
    registerConsole: console?.register ?? null,
    // Introspection is no trusted document.
    schema: introspection && trustedDocuments === null ? { text: textOfSchema(schema), ...operations } : null,
    graphiql: config.graphiql ? graphiqlOf(config, secrets.demoServiceKey) : null,
    ...config.http,
    drain,
    silenceTimeoutMs: silenceTimeoutMs(config),
  });
  opened.defer(() => http.close());
  return http;
}
