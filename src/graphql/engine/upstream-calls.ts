import type { ApolloServerPlugin } from '@apollo/server';
import type { OperationScope } from '../../application/operation/operation-scope.js';
import { upstreamCallsHeader } from '../../application/operation/upstream-calls-header.js';

/** Adds `extensions.upstream` to the answers to requests that ask for it. */
export function upstreamCalls(): ApolloServerPlugin<OperationScope> {
  return {
    requestDidStart: async ({ request }) => {
      if (request.http?.headers.get(upstreamCallsHeader) !== 'count') return undefined;
      return {
        async willSendResponse({ response: { body }, contextValue }) {
          if (body.kind !== 'single') return;
          const upstream = { calls: contextValue.upstream.calls };
          body.singleResult.extensions = { ...body.singleResult.extensions, upstream };
        },
      };
    },
  };
}
