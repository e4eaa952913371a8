import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { oneTimeCode } from '../../src/emulator/two-factor.js';
import { callApi } from '../support/api-client.js';
import { type Body, call, emulator, redirectUri, shop, user } from './emulated-client.js';

/** Methods of the client for how people sign in. */
export function callSignIns(): void {
  it('sign-ins, sessions and access tokens', async () => {
    const application = shop();
    const alice = await user([application.id]);
    const credentials = { loginId: alice.email, password: 'password', applicationId: application.id };
    const login = async () =>
      (await call('login', credentials)) as { token: string; refreshToken: string; refreshTokenId: string };
    await call('loginPing', alice.id, application.id, '192.0.2.1');
    await call('loginPingWithRequest', { userId: alice.id, applicationId: application.id });
    const first = await login();
    await call('retrieveRefreshTokens', alice.id);
    await call('retrieveRefreshTokenById', first.refreshTokenId);
    await call('exchangeRefreshTokenForJWT', { refreshToken: first.refreshToken });
    await call('validateJWT', first.token);
    await call('issueJWT', application.id, first.token, first.refreshToken);
    await call('vendJWT', { claims: { a: 1 }, timeToLiveInSeconds: 60 });
    const keys = (await call('retrieveJsonWebKeySet')) as { keys: { kid: string }[] };
    await call('retrieveJWTPublicKeys');
    await call('retrieveJWTPublicKey', keys.keys[0]?.kid);
    application.jwtConfiguration.enabled = true;
    await call('retrieveJWTPublicKeyByApplicationId', application.id);
    await call('revokeRefreshTokenById', first.refreshTokenId);
    await call('revokeRefreshToken', (await login()).refreshToken, '', '');
    await call('revokeRefreshTokenByToken', (await login()).refreshToken);
    await call('revokeRefreshTokensByUserIdForApplication', alice.id, application.id);
    await call('revokeRefreshTokensByUserId', alice.id);
    await call('revokeRefreshTokensByApplicationId', application.id);
    await call('revokeRefreshTokensWithRequest', { userId: alice.id });
    await call('logout', false, (await login()).refreshToken);
    await call('logoutWithRequest', { refreshToken: (await login()).refreshToken });
    const token = { applicationId: application.id, userId: alice.id, token: 'imported', startInstant: Date.now() };
    await call('importRefreshTokens', { refreshTokens: [token] });
    for (const [name, ...args] of [
      ['searchLoginRecords', { search: { userId: alice.id } }],
      ['retrieveUserRecentLogins', alice.id, 0, 1],
      ['retrieveRecentLogins', 0, 1],
    ] as const) {
      expect((await call(name, ...args))['logins']).not.toEqual([]);
    }
  });

  it('OAuth', async () => {
    const application = shop();
    const alice = await user([application.id]);
    const [clientId, secret] = [application.id, application.oauthConfiguration.clientSecret];
    const verifier = 'a verifier that is long enough for PKCE, of course';
    const code = async (challenge: Record<string, string> = {}) => {
      const form = {
        client_id: clientId,
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: 'openid offline_access',
      };
      const body = new URLSearchParams({ ...form, ...challenge, loginId: alice.email ?? '', password: 'password' });
      const answer = await callApi(emulator, 'POST', '/oauth2/authorize', { authorization: null, body });
      return new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? '';
    };
    const challenge = {
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    };
    const base = { client_id: clientId, client_secret: secret };
    const byCode = { grant_type: 'authorization_code' };
    const tokens = await call('exchangeOAuthCodeForAccessToken', await code(), clientId, secret, redirectUri);
    await call('exchangeOAuthCodeForAccessTokenWithRequest', {
      ...base,
      ...byCode,
      code: await code(),
      redirect_uri: redirectUri,
    });
    await call(
      'exchangeOAuthCodeForAccessTokenUsingPKCE',
      await code(challenge),
      clientId,
      secret,
      redirectUri,
      verifier,
    );
    await call('exchangeOAuthCodeForAccessTokenUsingPKCEWithRequest', {
      ...base,
      ...byCode,
      code: await code(challenge),
      redirect_uri: redirectUri,
      code_verifier: verifier,
    });
    const [access, refresh] = [tokens['access_token'], tokens['refresh_token']];
    await call('exchangeRefreshTokenForAccessToken', refresh, clientId, secret, 'openid', '');
    await call('exchangeRefreshTokenForAccessTokenWithRequest', {
      ...base,
      grant_type: 'refresh_token',
      refresh_token: refresh,
    });
    await call('exchangeUserCredentialsForAccessToken', alice.email, 'password', clientId, secret, 'openid', '');
    const person = { grant_type: 'password', username: alice.email, password: 'password' };
    await call('exchangeUserCredentialsForAccessTokenWithRequest', { ...base, ...person });
    const machine = await call('clientCredentialsGrant', clientId, secret, '');
    await call('clientCredentialsGrantWithRequest', { ...base, grant_type: 'client_credentials' });
    for (const [name, ...args] of [
      ['introspectAccessToken', clientId, access],
      ['introspectAccessTokenWithRequest', { client_id: clientId, token: access }],
      ['introspectClientCredentialsAccessToken', machine['access_token']],
      ['introspectClientCredentialsAccessTokenWithRequest', { token: machine['access_token'] }],
    ] as const) {
      expect([name, await call(name, ...args)]).toMatchObject([name, { active: true }]);
    }
    expect(await call('retrieveUserInfoFromAccessToken', access)).toMatchObject({ sub: alice.id });
    await call('retrieveOpenIdConfiguration');
  });

  it('verification of e-mail addresses, registrations and identities', async () => {
    const application = shop();
    application.verifyRegistration = true;
    emulator.store.tenantOrThrow(emulator.tenantId).emailConfiguration = { verifyEmail: true };
    const alice = await user([application.id]);
    const unverify = () => {
      for (const one of [alice, ...alice.registrations]) one.verified = false;
    };
    const { email } = alice;
    const idOf = (answer: Body) => `${answer['verificationId']}`;
    const ofEmail = async () => idOf(await call('generateEmailVerificationId', email));
    const ofRegistration = async () => idOf(await call('generateRegistrationVerificationId', email, application.id));
    for (const [name, ...args] of [
      ['verifyEmail', await ofEmail()],
      ['verifyEmailAddress', { verificationId: await ofEmail() }],
      ['verifyEmailAddress', { verificationId: idOf(await call('resendEmailVerification', email)) }],
      ['verifyEmailAddressByUserId', { userId: alice.id }],
      ['verifyIdentity', { loginId: email, loginIdType: 'email' }],
      ['verifyRegistration', await ofRegistration()],
      ['verifyUserRegistration', { verificationId: await ofRegistration() }],
    ] as const) {
      unverify();
      await call(name, ...args);
      expect([name, alice.verified || alice.registrations[0]?.verified]).toEqual([name, true]);
    }
    await call('resendEmailVerificationWithApplicationTemplate', application.id, email);
    await call('resendRegistrationVerification', email, application.id);
    unverify();
    const request = { loginId: email, loginIdType: 'email', verificationStrategy: 'FormField', state: { a: 1 } };
    const { verificationId, oneTimeCode } = await call('startVerifyIdentity', request);
    await call('sendVerifyIdentity', { verificationId });
    await expect(call('completeVerifyIdentity', { verificationId, oneTimeCode: 'wrong' })).rejects.toThrow('404');
    expect(await call('completeVerifyIdentity', { verificationId, oneTimeCode })).toEqual({ state: { a: 1 } });
    expect(alice.verified).toBe(true);
    await expect(call('completeVerifyIdentity', { verificationId, oneTimeCode })).rejects.toThrow('404');
  });

  it('passwordless sign-in', async () => {
    const application = shop();
    const alice = await user([application.id]);
    const request = { applicationId: application.id, loginId: alice.email };
    await expect(call('startPasswordlessLogin', request)).rejects.toThrow('[PasswordlessDisabled]');
    application.passwordlessConfiguration = { enabled: true };
    const { code } = await call('startPasswordlessLogin', request);
    await call('sendPasswordlessCode', { code });
    const signedIn = await call('passwordlessLogin', { code });
    expect(signedIn['user']).toMatchObject({ id: alice.id });
    expect(emulator.store.session(`${signedIn['refreshTokenId']}`)).toMatchObject({ userId: alice.id });
    await expect(call('passwordlessLogin', { code })).rejects.toThrow('404');
    const typed = await call('startPasswordlessLogin', { ...request, loginStrategy: 'FormField' });
    await expect(call('passwordlessLogin', { code: typed['code'] })).rejects.toThrow('404');
    await call('passwordlessLogin', typed);
  });

  it('authenticators and changes of passwords', async () => {
    const application = shop();
    const alice = await user([application.id]);
    const credentials = { loginId: alice.email, password: 'password', applicationId: application.id };
    const token = `${(await call('login', credentials))['token']}`;
    for (const [name, ...args] of [
      ['checkChangePasswordUsingJWT', token],
      ['checkChangePasswordUsingJWTAndIPAddress', token, '192.0.2.1'],
      ['checkChangePasswordUsingLoginId', alice.email],
      ['checkChangePasswordUsingLoginIdAndIPAddress', alice.email, '192.0.2.1'],
      ['checkChangePasswordUsingLoginIdAndLoginIdTypes', alice.email, ['email']],
      ['checkChangePasswordUsingLoginIdAndLoginIdTypesAndIPAddress', alice.email, ['email'], '192.0.2.1'],
    ] as const) {
      await call(name, ...args);
    }
    await call('changePasswordByJWT', token, { currentPassword: 'password', password: 'password' });
    await call('changePasswordUsingJWT', token, { currentPassword: 'password', password: 'password' });
    await expect(
      call('changePasswordByJWT', token, { currentPassword: 'wrong', password: 'password' }),
    ).rejects.toThrow();
    const forgot = { loginId: alice.email, sendForgotPasswordEmail: false };
    const { changePasswordId } = await call('forgotPassword', forgot);
    await call('checkChangePasswordUsingId', changePasswordId);
    await call('checkChangePasswordUsingIdAndIPAddress', changePasswordId, '192.0.2.1');

    await call('generateTwoFactorSecretUsingJWT', token);
    const { secret, secretBase32Encoded } = await call('generateTwoFactorSecret');
    const key = Buffer.from(`${secret}`, 'base64');
    const code = () => oneTimeCode(key, Math.floor(emulator.clock.now() / 30_000));
    const enabled = { method: 'authenticator', name: 'Phone', code: code(), secretBase32Encoded };
    await expect(call('enableTwoFactor', alice.id, { ...enabled, code: '0' })).rejects.toThrow('421');
    const { recoveryCodes } = (await call('enableTwoFactor', alice.id, enabled)) as { recoveryCodes: string[] };
    expect(recoveryCodes).toHaveLength(10);
    expect(await call('retrieveTwoFactorRecoveryCodes', alice.id)).toEqual({ recoveryCodes });
    const shown = JSON.stringify(await call('retrieveUser', alice.id));
    expect([secret, ...recoveryCodes].some((one) => shown.includes(`${one}`))).toBe(false);
    await expect(call('checkChangePasswordUsingLoginId', alice.email)).rejects.toThrow('[TrustTokenRequired]');
    expect(await call('retrieveTwoFactorStatus', alice.id, application.id, 'none')).toEqual({ trusts: [] });
    await call('retrieveTwoFactorStatusWithRequest', { userId: alice.id });

    const { twoFactorId, methods } = await call('startTwoFactorLogin', { userId: alice.id });
    expect(methods).toMatchObject([{ method: 'authenticator', name: 'Phone' }]);
    const [recoveryCode = ''] = recoveryCodes;
    const completed = { applicationId: application.id, code: recoveryCode, twoFactorId };
    expect((await call('twoFactorLogin', completed))['user']).toMatchObject({ id: alice.id });
    const again = await call('startTwoFactorLogin', { loginId: alice.email });
    await expect(call('twoFactorLogin', { ...completed, twoFactorId: again['twoFactorId'] })).rejects.toThrow('421');

    const [method] = alice.twoFactor.methods as { id: string }[];
    const methodId = `${method?.id}`;
    await call('updateTwoFactor', alice.id, { methodId, name: 'New phone' });
    await call('generateTwoFactorRecoveryCodes', alice.id);
    await expect(call('disableTwoFactor', alice.id, methodId, '0')).rejects.toThrow('421');
    await call('disableTwoFactor', alice.id, methodId, code());
    await call('enableTwoFactor', alice.id, { ...enabled, code: code(), secret });
    const [other] = alice.twoFactor.methods as { id: string }[];
    await call('disableTwoFactorWithRequest', alice.id, { methodId: other?.id, code: code() });
    expect((await call('login', credentials))['user']).toMatchObject({ id: alice.id });
  });
}
