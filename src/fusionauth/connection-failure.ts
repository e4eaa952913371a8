import { unreachable } from '../domain/unreachable.js';
import { type CallFailure, isUnavailable } from './call-error.js';

/** True when the same call may succeed a moment later. */
export function isTransient(failure: CallFailure): boolean {
  switch (failure.kind) {
    case 'timeout':
    case 'connection':
    case 'foreign':
      return true;
    case 'status':
      return isUnavailable(failure);
    case 'queueFull':
    case 'tooLarge':
    case 'undecodable':
    case 'abandoned':
      return false;
    default:
      return unreachable(failure);
  }
}

/** The meaning of an error without an answer. */
export function connectionFailure(error: unknown): CallFailure {
  const name = error instanceof Error ? error.name : '';
  if (name === 'TimeoutError' || name === 'ConnectTimeoutError') return { kind: 'timeout' };
  if (name === 'ResponseExceededMaxSizeError') return { kind: 'tooLarge' };
  return { kind: 'connection' };
}

/** True when no connection existed, so that nothing can have reached FusionAuth. */
export function neverSent(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? error.code : undefined;
  return error.name === 'ConnectTimeoutError' || code === 'ECONNREFUSED' || code === 'ENOTFOUND';
}
