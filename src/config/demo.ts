import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import type { environment } from './environment.js';
import { isLoopback } from './loopback.js';

type Values = z.output<typeof environment>;

/**
 * Whether the console of the demo is there. The passwords of its people are known, so only this machine may reach it.
 * Configured access tokens leave no room for the demo's.
 */
export function hasDemoConsole(values: Values): boolean {
  return isLocalDemo(values) && values.ACCESS_TOKEN_ISSUERS === undefined;
}

/** A service key for those who have configured none. */
export function demoServiceKeyOf(values: Values): string {
  return values.DEMO_SERVICE_KEY ?? (isLocalDemo(values) ? 'demo-service-key' : randomKey());
}

/** The API key of the emulated FusionAuth. */
export function demoFusionAuthKeyOf(values: Values): string {
  return values.DEMO_FUSIONAUTH_API_KEY ?? (isLocalDemo(values) ? 'demo-fusionauth-key' : randomKey());
}

/**
 * Whether this is a demo that only this machine can reach. Its keys are fixed, so that commands of the documentation can
 * be pasted into any terminal.
 */
function isLocalDemo(values: Values): boolean {
  return values.FUSIONAUTH_URL === undefined && isLoopback(values.HOST);
}

/** 256 random bits: beyond guessing. */
function randomKey(): string {
  return randomBytes(32).toString('base64url');
}
