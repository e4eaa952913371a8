/** Lists, pages and users. */
export const lists = `query Lists($id: ID!, $ids: [ID!]!) {
  sessions(userId: $id) { ...Whole }
  newest: sessionsConnection(userId: $id, first: 2) { totalCount edges { cursor node { ...Whole } } pageInfo { hasNextPage endCursor } }
  users(ids: $ids) { __typename id email sessionCount sessions { id application { id name } user { id email } } }
}
fragment Whole on Session {
  __typename id userId applicationId kind state createdAt lastAccessedAt expiresAt isCurrent
  device { name description type } ipAddress scopes
}`;

/** No user and no session has it. */
export const unknownId = 'f0000000-0000-4000-8000-00000000000f';
