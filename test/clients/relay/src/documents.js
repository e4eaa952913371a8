import { graphql } from 'relay-runtime';

graphql`
  query documentsQuery($userId: ID!) {
    user(id: $userId) {
      ...documentsUserSessions
    }
  }
`;

graphql`
  fragment documentsUserSessions on User
  @refetchable(queryName: "documentsNextPageQuery")
  @argumentDefinitions(count: { type: "Int", defaultValue: 2 }, cursor: { type: "String" }) {
    sessionsConnection(first: $count, after: $cursor) @connection(key: "documents_sessionsConnection") {
      __id
      edges {
        node {
          id
          ...documentsSession
        }
      }
    }
  }
`;

graphql`
  fragment documentsSession on Session @refetchable(queryName: "documentsSessionRefetchQuery") {
    id
    state
    createdAt
  }
`;

graphql`
  mutation documentsRevokeMutation($sessionId: ID!, $connections: [ID!]!) {
    revokeSession(sessionId: $sessionId) {
      outcome
      endedSession {
        id
        sessionId @deleteEdge(connections: $connections)
      }
    }
  }
`;
