import type { FastifyInstance } from 'fastify';
import { type RecognitionOptions, recogniseCaller } from './recognise-caller.js';

export interface SchemaRouteOptions extends RecognitionOptions {
  readonly text: () => string;
}

/**
 * `GET /schema.graphql`: the schema as text, for tools that want a file. It is for callers who may introspect, and
 * costs the price of a request.
 */
export function registerSchema(app: FastifyInstance, { text, ...recognition }: SchemaRouteOptions): void {
  app.get('/schema.graphql', { onRequest: recogniseCaller(recognition) }, async (_request, reply) =>
    reply.type('text/plain; charset=utf-8').send(text()),
  );
}
