import { z } from 'zod';
import type { RunningServer } from '../processes/servers.js';
import type { LoadRequest } from './closed-loop.js';

const listDocument = `query ($userId: ID!) {
  sessions(userId: $userId) {
    id userId applicationId kind state createdAt lastAccessedAt expiresAt isCurrent
    device { name description type }
    ipAddress scopes
  }
}`;

const adminPageDocument = `query ($ids: [ID!]!) {
  users(ids: $ids) { id sessions { id createdAt application { name } user { email } } }
}`;

const enforceDocument = `mutation ($userId: ID!) {
  enforceSingleSession(userId: $userId) {
    outcome revokedCount keptSession { id } failures { code } userErrors { code }
  }
}`;

export function listRequest(server: RunningServer, userId: string): LoadRequest {
  return server.name === 'rest' || server.name === 'floor'
    ? { method: 'GET', path: `/users/${userId}/sessions`, headers: server.headers }
    : graphQLRequest(server, listDocument, { userId });
}

export function adminPageRequest(server: RunningServer, ids: readonly string[]): LoadRequest {
  return graphQLRequest(server, adminPageDocument, { ids });
}

/** Asks for nothing but who calls, which needs no FusionAuth. */
export function viewerRequest(headers: LoadRequest['headers']): LoadRequest {
  return {
    method: 'POST',
    path: '/graphql',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ viewer { kind name } }' }),
  };
}

export const eventsDocument =
  'subscription { sessionEvents { id type sessionId userId reason occurredAt applicationId } }';

/** Ends one session. */
export function revokeRequest(server: RunningServer, sessionId: string): LoadRequest {
  return graphQLRequest(server, revokeDocument, { sessionId });
}

const revokeDocument = 'mutation ($sessionId: ID!) { revokeSession(sessionId: $sessionId) { outcome } }';

export function enforceRequest(server: RunningServer, userId: string): LoadRequest {
  return graphQLRequest(server, enforceDocument, { userId });
}

export function graphQLRequest(
  server: RunningServer,
  query: string,
  variables: Readonly<Record<string, unknown>>,
): LoadRequest {
  return {
    method: 'POST',
    path: '/graphql',
    headers: { ...server.headers, 'content-type': 'application/json' },
    body: JSON.stringify({ query, variables }),
  };
}

/** The list in an answer, whichever server gave it. */
export function sessionsIn(answer: unknown): readonly unknown[] {
  return z.union([z.array(z.unknown()), sessionsAnswer.transform(({ data }) => data.sessions)]).parse(answer);
}
const sessionsAnswer = z.object({
  data: z.object({ sessions: z.array(z.unknown()) }),
  errors: z.undefined().optional(),
});

/** @throws ZodError when an operation has failed. */
export function usersIn(answer: unknown): readonly unknown[] {
  return usersAnswer.parse(answer).data.users;
}
const usersAnswer = z.object({ data: z.object({ users: z.array(z.unknown()) }), errors: z.undefined().optional() });

/** How many sessions were revoked. @throws ZodError when the enforcement was refused or is incomplete. */
export function revokedIn(answer: unknown): number {
  return enforceAnswer.parse(answer).data.enforceSingleSession.revokedCount;
}
const enforceAnswer = z.object({
  data: z.object({
    enforceSingleSession: z.object({
      outcome: z.enum(['ENFORCED', 'WITHIN_LIMIT']),
      revokedCount: z.number(),
      userErrors: z.array(z.unknown()).length(0),
    }),
  }),
});
