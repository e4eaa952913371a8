import type { Store } from './store.js';

/** What signs with a key, each as a word and an id. An application's own settings count where they are enabled. */
export function usersOfKey({ tenants, applications, webhooks }: Store, keyId: string): string[] {
  const isAmong = (...ids: readonly (string | undefined)[]) => ids.includes(keyId);
  return [
    ...[...tenants.values()]
      .filter(({ jwtConfiguration: jwt }) => isAmong(jwt.accessTokenKeyId, jwt.idTokenKeyId))
      .map(({ id }) => `tenant ${id}`),
    ...[...applications.values()]
      .filter(({ jwtConfiguration: jwt }) => jwt?.enabled === true && isAmong(jwt.accessTokenKeyId, jwt.idTokenKeyId))
      .map(({ id }) => `application ${id}`),
    ...[...webhooks.values()]
      .filter(({ signatureConfiguration }) => isAmong(signatureConfiguration?.signingKeyId))
      .map(({ id }) => `webhook ${id}`),
  ];
}
