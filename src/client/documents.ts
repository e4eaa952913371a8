/** The document that the client sends. Its hash is in trusted-documents.json. */
export const afterLoginDocument = `mutation ClientAfterLogin($userId: ID!, $sessionId: ID, $applicationId: ID) {
  enforceSingleSession(userId: $userId, keepSessionId: $sessionId, applicationId: $applicationId) {
    outcome
    revokedCount
    failures { sessionId code retryable }
    userErrors { code message }
    warnings { code message }
  }
}`;
