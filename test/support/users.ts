import { randomUUID } from 'node:crypto';
import type { Emulator } from '../../src/emulator/emulator.js';
import type { SessionInput, UserInput } from '../../src/emulator/store/creators.js';
import type { Application, RefreshToken } from '../../src/emulator/store/records.js';

export interface TestUserOptions extends UserInput {
  /** How many sessions of the first application to begin with, a minute apart, the newest a minute ago. */
  readonly sessions?: number;
  /** How many SSO sessions to begin with, at the same instants. */
  readonly ssoSessions?: number;
}

/** A user of the emulated FusionAuth. */
export interface TestUser {
  readonly id: string;
  readonly email: string;
  /** The application sessions the user began with, oldest first. */
  readonly sessions: readonly RefreshToken[];
  /** The SSO sessions the user began with, oldest first. */
  readonly ssoSessions: readonly RefreshToken[];
  /** Adds a session of the first application, or of another one, or of none with `applicationId: undefined`. */
  addSession(session?: Omit<SessionInput, 'userId'>): RefreshToken;
  /** Signs in through FusionAuth's Login API, as an application does. */
  login(applicationId?: string): Promise<SignedIn>;
  /** The ids of the sessions that live now, newest first. */
  liveIds(): readonly string[];
}

export interface SignedIn {
  /** The access token. */
  readonly token: string;
  readonly refreshToken: string;
  readonly refreshTokenId: string;
}

const minuteMs = 60_000;

export function createTestUser(
  { store, url, apiKey, clock }: Emulator,
  applications: readonly Application[],
  { sessions = 0, ssoSessions = 0, ...input }: TestUserOptions,
): TestUser {
  const email = input.email ?? `user-${randomUUID()}@example.com`;
  const applicationIds = applications.map(({ id }) => id);
  const [defaultApplicationId] = applicationIds;
  const { id: userId } = store.addUser({ password: 'password', applicationIds, ...input, email });

  const addSession: TestUser['addSession'] = (session = {}) =>
    store.addSession({ applicationId: defaultApplicationId, ...session, userId });
  const addOneAMinute = (count: number, session: Omit<SessionInput, 'userId'>) =>
    Array.from({ length: count }, (_, index) =>
      addSession({ ...session, insertInstant: clock.now() - (count - index) * minuteMs }),
    );

  return {
    id: userId,
    email,
    sessions: addOneAMinute(sessions, {}),
    ssoSessions: addOneAMinute(ssoSessions, { applicationId: undefined }),
    addSession,
    async login(applicationId = defaultApplicationId) {
      const response = await fetch(`${url}/api/login`, {
        method: 'POST',
        headers: { authorization: apiKey, 'content-type': 'application/json' },
        body: JSON.stringify({ loginId: email, password: 'password', applicationId }),
      });
      if (response.status !== 200) throw new Error(`The login answered ${response.status}`);
      return (await response.json()) as SignedIn;
    },
    liveIds: () => store.sessionsOf(userId).map(({ id }) => id),
  };
}

/** Exchanges a refresh token for an access token, as an application does. Answers the status. */
export async function exchangeRefreshToken({ url }: Emulator, refreshToken: string): Promise<number> {
  const response = await fetch(`${url}/api/jwt/refresh`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ refreshToken }),
  });
  await response.arrayBuffer();
  return response.status;
}
