import { decodeProtectedHeader, errors, type JWTVerifyGetKey, type JWTVerifyOptions, jwtVerify } from 'jose';

type Verified = Awaited<ReturnType<typeof jwtVerify>>;

/**
 * Verifies a JWT as jose does, and by each key of its key id where FusionAuth publishes several: RFC 7517 allows it, and it
 * comes about when a key of FusionAuth is imported once more, as for a tenant that signs in at another. Only for JWTs that
 * name a key: for others every key would have to be tried, whoever sends them.
 * @see RFC 7517 section 4.5
 */
export async function verifyJwt(token: string, findKey: JWTVerifyGetKey, options: JWTVerifyOptions): Promise<Verified> {
  try {
    return await jwtVerify(token, findKey, options);
  } catch (error) {
    const isOneOfSeveral =
      error instanceof errors.JWKSMultipleMatchingKeys && decodeProtectedHeader(token).kid !== undefined;
    if (!isOneOfSeveral) throw error;
    // At most as many as FusionAuth publishes under one id.
    for await (const key of error) {
      try {
        return await jwtVerify(token, key, options);
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}
