import { createHmac } from 'node:crypto';
import { z } from 'zod';
import { sameSecret } from './same-secret.js';
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
 * six digits, SHA-1, steps of 30 seconds; secrets in Base64), or a recovery code. Codes by e-mail and text message are
 * never sent here, so none is right.
 */
export function isTwoFactorCode(user: User, code: string, nowMs: number): boolean {
  return (
    (user.twoFactor.recoveryCodes?.includes(code) ?? false) ||
    methodsOf(user)
      .filter(({ method, secret }) => method === 'authenticator' && secret !== undefined)
      .some(({ secret = '' }) => isCodeOfSecret(secret, code, nowMs))
  );
}

/** A recovery code works once. */
export function useTwoFactorCode(user: User, code: string): void {
  const { recoveryCodes } = user.twoFactor;
  if (recoveryCodes?.includes(code) === true) {
    user.twoFactor = { ...user.twoFactor, recoveryCodes: recoveryCodes.filter((one) => one !== code) };
  }
}

/** Whether the code is one of a secret in Base64, at this time or a step before or after. */
export function isCodeOfSecret(secret: string, code: string, nowMs: number): boolean {
  const step = Math.floor(nowMs / 30_000);
  return [step - 1, step, step + 1].some((counter) =>
    sameSecret(code, oneTimeCode(Buffer.from(secret, 'base64'), counter)),
  );
}

const base32Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Base32 (RFC 4648) without padding, as authenticators read it. */
export function base32Of(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('');
  return (bits.match(/.{1,5}/g) ?? []).map((five) => base32Alphabet[Number.parseInt(five.padEnd(5, '0'), 2)]).join('');
}

/** Characters that are not of the alphabet, such as blanks, are passed over. */
export function bytesOfBase32(text: string): Buffer {
  const values = [...text.toUpperCase()].map((character) => base32Alphabet.indexOf(character));
  const bits = values.filter((value) => value >= 0).map((value) => value.toString(2).padStart(5, '0'));
  return Buffer.from((bits.join('').match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

/** HOTP (RFC 4226) of six digits. */
export function oneTimeCode(secret: Buffer, counter: number): string {
  const message = Buffer.alloc(8);
  message.writeBigUInt64BE(BigInt(counter));
  const hash = createHmac('sha1', secret).update(message).digest();
  const offset = hash.readUInt8(hash.length - 1) % 16;
  return `${(hash.readUInt32BE(offset) % 0x80_00_00_00) % 1_000_000}`.padStart(6, '0');
}

/** The methods with their secrets. */
export function methodsOf(user: User): z.output<typeof methodJson>[] {
  return z.array(methodJson).safeParse(user.twoFactor.methods).data ?? [];
}

const methodJson = z.looseObject({
  id: z.string().optional(),
  method: z.string().optional(),
  secret: z.string().optional(),
});
