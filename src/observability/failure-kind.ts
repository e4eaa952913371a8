/** Failures that are counted by kind: each has the name of the method that reports it. */
export type FailureKind =
  | 'requestFailed'
  | 'operationFailed'
  | 'operationFailedForMoreCauses'
  | 'subscriptionFailed'
  | 'settingsUnavailable'
  | 'settingsStale'
  | 'abandonedUncertain'
  | 'endingUncertain'
  | 'auditRecordNotWritten'
  | 'sideLookupFailed'
  | 'lossNotRecorded'
  | 'confirmationsUnavailable'
  | 'confirmationsBehind'
  | 'eventNotHandled'
  | 'endingsUnshared'
  | 'databaseNotInOrder'
  | 'policyNotUsable';
