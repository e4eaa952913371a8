import { setTimeout as delay } from 'node:timers/promises';
import { partsOf } from './login-parts.mjs';
import { nowMs, waitedIn } from './notes.mjs';
import { sendJson } from './send.mjs';

const enforcement =
  'mutation ($id: ID!) { enforceSingleSession(userId: $id) { outcome revokedCount failures { code } } }';
const ownList = '{ viewer { user { sessions { id createdAt lastAccessedAt device { name type } } } } }';
/** Notes of this long before a login tell what its turn of the event loop had begun with. */
const beforeMs = 100;

/** Users who sign in, each for the first time, upon which a service enforces a single session. */
export class Logins {
  #count = 0;
  #serviceWaitedMs;
  #clientWaitedMs;

  constructor({ service, emulator, population, serviceKey }) {
    Object.assign(this, { service, emulator, population, serviceKey });
    this.#serviceWaitedMs = waitedIn(`/proc/${service.pid}/schedstat`);
    this.#clientWaitedMs = waitedIn('/proc/self/schedstat');
  }

  /** @returns the time that the enforcement took in `ms`, of what that consists, and what was answered if it failed. */
  async enforce() {
    const [user] = await this.population.addUsers(1, 2);
    await this.population.login(user);
    const name = `login ${++this.#count}`;
    const waitedMs = this.#clientWaitedMs();
    const serviceWaitedMs = this.#serviceWaitedMs();
    const askedMs = nowMs();
    const answer = await sendJson(`${this.service.url}/graphql`, {
      key: this.serviceKey,
      headers: { 'x-login': name },
      body: { query: enforcement, variables: { id: user.id } },
    });
    const answeredMs = nowMs();
    const noCoreMs = this.#clientWaitedMs() - waitedMs;
    const login = { name, userId: user.id, askedMs, answeredMs, noCoreMs, serviceWaitedMs };
    const notes = [this.service, this.emulator].map((process) => process.notes(askedMs - beforeMs));
    const done = answer.body?.data?.enforceSingleSession;
    const failed = done?.outcome === 'ENFORCED' && done.revokedCount === 2 ? null : answer.body;
    return { ms: answer.elapsedMs, parts: partsOf(login, ...(await Promise.all(notes))), failed };
  }

  /** One login after the other, an interval apart. `between` happens after each of them, so that it delays none. */
  async enforceUntil(isOver, intervalMs, between = () => {}) {
    const all = [];
    while (!isOver()) {
      const next = delay(intervalMs);
      all.push(await this.enforce());
      await between();
      await next;
    }
    return all;
  }
}

/** A user like any other looks at their few sessions every half a second. @returns the times that this took. */
export async function listUntil(isOver, service, token) {
  const times = [];
  while (!isOver()) {
    const next = delay(500);
    const { elapsedMs, status } = await sendJson(`${service.url}/graphql`, { key: token, body: { query: ownList } });
    if (status === 200) times.push(elapsedMs);
    await next;
  }
  return times;
}
