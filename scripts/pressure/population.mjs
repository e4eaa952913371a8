import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { sendJson } from './send.mjs';

const minuteMs = 60_000;
const importSize = 1_000;
const password = 'password';

/** Users and sessions of an emulated FusionAuth, made through its API. */
export class Population {
  #emulator;
  #apiKey;
  #users = 0;

  constructor(emulator, apiKey) {
    this.#emulator = emulator;
    this.#apiKey = apiKey;
  }

  async addApplication() {
    const { application } = await this.#call('POST', '/api/application', {
      application: { name: 'Shop', loginConfiguration: { allowTokenRefresh: true, generateRefreshTokens: true } },
    });
    this.applicationId = application.id;
    return application.id;
  }

  /** Users who are registered for the application. */
  async addUsers(count, sessionsEach) {
    const users = Array.from({ length: count }, () => ({
      id: randomUUID(),
      email: `user-${++this.#users}@example.com`,
      password,
      registrations: [{ applicationId: this.applicationId }],
    }));
    for (const some of pieces(users)) await this.#call('POST', '/api/user/import', { users: some });
    await this.addSessions(users, sessionsEach);
    return users.map(({ id, email }) => ({ id, email }));
  }

  /** Sessions a minute apart, the newest a minute old. */
  async addSessions(users, sessionsEach) {
    const now = Date.now();
    const tokens = users.flatMap(({ id: userId }) =>
      Array.from({ length: sessionsEach }, (_, age) => {
        const at = now - (age + 1) * minuteMs;
        return {
          userId,
          applicationId: this.applicationId,
          token: randomUUID(),
          startInstant: at,
          insertInstant: at,
          metaData: {
            device: {
              name: `Laptop ${age}`,
              description: 'Firefox 145 on Linux',
              type: age % 3 === 0 ? 'MOBILE' : 'BROWSER',
              lastAccessedAddress: `192.0.2.${age % 250}`,
              lastAccessedInstant: at + minuteMs / 2,
            },
            scopes: ['openid', 'offline_access'],
          },
        };
      }),
    );
    for (const refreshTokens of pieces(tokens)) {
      await this.#call('POST', '/api/user/refresh-token/import', { refreshTokens });
    }
  }

  /** Signs a user in, which adds a session. @returns an access token. */
  async login({ email }) {
    const { token } = await this.#call('POST', '/api/login', {
      loginId: email,
      password,
      applicationId: this.applicationId,
    });
    return token;
  }

  /** @returns the ids of the live sessions that FusionAuth lists. */
  async sessionIdsOf({ id }) {
    const { refreshTokens = [] } = await this.#call('GET', `/api/jwt/refresh?userId=${id}`);
    return refreshTokens.map((token) => token.id);
  }

  async #call(method, path, body) {
    const answer = await sendJson(this.#emulator.url + path, { method, key: this.#apiKey, scheme: '', body });
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body ?? {};
  }
}

function pieces(all) {
  return Array.from({ length: Math.ceil(all.length / importSize) }, (_, index) =>
    all.slice(index * importSize, (index + 1) * importSize),
  );
}
