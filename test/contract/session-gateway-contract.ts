import { describe } from 'vitest';
import { describeGatewayDirectory } from './gateway/directory.js';
import { describeGatewayExpiry } from './gateway/expiry.js';
import { type CreateGateway, openGatewayContract } from './gateway/gateway-trial.js';
import { describeGatewaySessions } from './gateway/sessions.js';
import type { Connect } from './world.js';

/** What the ports promise, on whatever `connect` leads to. Run it against any new implementation of the ports. */
export function describeSessionGateway(connect: Connect, createGateway: CreateGateway): void {
  describe('the session gateway', () => {
    const promise = openGatewayContract(connect, createGateway);
    describeGatewaySessions(promise);
    describeGatewayExpiry(promise);
    describeGatewayDirectory(promise, createGateway);
  });
}
