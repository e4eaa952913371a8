import { parseSessionId, parseUserId, type SessionId, type UserId } from '../../src/domain/ids.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import type { RefreshToken } from '../../src/emulator/store/records.js';
import type { FusionAuth, FusionAuthOptions } from '../../src/fusionauth/fusionauth.js';
import { connect } from '../support/fusionauth-connection.js';

/** A connection to an emulated FusionAuth with one user and one application. */
export interface OneUser extends AsyncDisposable {
  readonly emulator: Emulator;
  readonly fusionAuth: FusionAuth;
  readonly alice: UserId;
  readonly applicationId: string;
  /** Adds a session of alice. @param insertInstant Default: now. */
  addSession(insertInstant?: number): RefreshToken;
  /** Uses a connection with other options. */
  through<T>(options: Partial<FusionAuthOptions>, use: (connection: FusionAuth) => Promise<T>): Promise<T>;
}

export async function startOneUser(): Promise<OneUser> {
  const emulator = await startEmulator();
  const fusionAuth = connect(emulator);
  const alice = asUserId(emulator.store.addUser({ email: 'alice@example.com' }).id);
  const applicationId = emulator.store.addApplication({ name: 'Shop' }).id;
  return {
    emulator,
    fusionAuth,
    alice,
    applicationId,
    addSession: (insertInstant = emulator.clock.now()) =>
      emulator.store.addSession({ userId: alice, applicationId, insertInstant }),
    async through(options, use) {
      await using connection = connect(emulator, options);
      return await use(connection);
    },
    async [Symbol.asyncDispose]() {
      await fusionAuth[Symbol.asyncDispose]();
      await emulator[Symbol.asyncDispose]();
    },
  };
}

export const listPath = '/api/jwt/refresh';

function asUserId(id: string): UserId {
  return parseUserId(id) as UserId;
}

export function idOf(session: RefreshToken): SessionId {
  return parseSessionId(session.id) as SessionId;
}
