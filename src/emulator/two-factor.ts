import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { User } from './store/records.js';

/** A method by which a user can be asked for a second factor, as the API shows it: without its secret. */
export function twoFactorMethods(user: User): object[] {
  return methodsOf(user).map(({ secret: _secret, ...method }) => method);
}

export function hasTwoFactor(user: User): boolean {
  return user.twoFactor.methods.length > 0;
}

/**
 * Whether the code is the current one, or that of the step before or after, of an authenticator of the user (RFC 6238:
 * six digits, SHA-1, steps of 30 seconds; secrets in Base64). Codes by e-mail and text message are never sent here, so none is right.
 */
export function isTwoFactorCode(user: User, code: string, nowMs: number): boolean {
  const step = Math.floor(nowMs / 30_000);
  return methodsOf(user)
    .filter(({ method, secret }) => method === 'authenticator' && secret !== undefined)
    .some(({ secret = '' }) =>
      [step - 1, step, step + 1].some((counter) => same(code, oneTimeCode(Buffer.from(secret, 'base64'), counter))),
    );
}

/** HOTP (RFC 4226) of six digits. */
export function oneTimeCode(secret: Buffer, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const hash = createHmac('sha1', secret).update(message).digest();
  const offset = hash.readUInt8(hash.length - 1) % 16;
  return `${(hash.readUInt32BE(offset) % 0x80_00_00_00) % 1_000_000}`.padStart(6, '0');
}

function methodsOf(user: User): z.output<typeof methodJson>[] {
  return z.array(methodJson).safeParse(user.twoFactor.methods).data ?? [];
}

function same(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const methodJson = z.looseObject({ method: z.string().optional(), secret: z.string().optional() });
