import type { FastifyRequest } from 'fastify';
import type { EventInfo } from '../http/json-schemas.js';
import { addressOf } from '../http/request-input.js';

/** What an event says about the call behind it: what the caller said, completed by what the call itself shows. */
export function eventInfoOf(request: FastifyRequest, given?: EventInfo): EventInfo {
  const userAgent = request.headers['user-agent'];
  return { ipAddress: addressOf(request), ...(userAgent === undefined ? {} : { userAgent }), ...given };
}
