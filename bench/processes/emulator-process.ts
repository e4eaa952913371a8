import { addDemoConsole } from '../../src/emulator/demo-console.js';
import { type Emulator, startEmulator } from '../../src/emulator/emulator.js';
import { askedIn } from './asked.js';
import type { EmulatorReady, EmulatorUser, Request } from './messages.js';

/** The emulated FusionAuth in a process of its own, with the data that the measurements need. */
const emulator = await startEmulator();
const { BENCH_TENANTS: tenants = 1, BENCH_APPLICATIONS: applications = 5 } = process.env;
for (let index = 1; index < Number(tenants); index++) emulator.store.addTenant({ name: `Tenant ${index + 1}` });
const applicationIds = Array.from(
  { length: Number(applications) },
  (_, index) => emulator.store.addApplication({ name: `Application ${index + 1}` }).id,
);

process.on('message', (message) => {
  const asked = askedIn(message);
  if (asked === null) return;
  const { id, request } = asked;
  const answer = answerTo(emulator, request);
  if (answer !== undefined) process.send?.({ id, answer });
});
process.send?.({
  url: emulator.url,
  apiKey: emulator.apiKey,
  tenantId: emulator.tenantId,
  applicationIds,
} satisfies Record<keyof EmulatorReady, unknown>);

/** Undefined for what the probe answers. */
function answerTo({ calls, store }: Emulator, request: Request): unknown {
  switch (request.kind) {
    case 'countCalls':
      return calls.count();
    case 'forgetCalls':
      calls.clear();
      return 0;
    case 'addUsers':
      return Array.from({ length: request.users }, () => addUser(request.sessionsEach));
    case 'countSessions':
      return request.userIds.map((userId) => store.sessionsOf(userId).length);
    case 'sessionIds':
      return request.userIds.map((userId) => store.sessionsOf(userId).map(({ id }) => id));
    case 'addConsole': {
      const { clientId, clientSecret, callback } = request;
      return addDemoConsole(emulator, { clientId, clientSecret, redirectUrls: [callback] }).id;
    }
    case 'usage':
    case 'usageAfterCollection':
      return undefined;
  }
}

const minuteMs = 60_000;
let users = 0;

/** Sessions a minute apart, the newest a minute old, as browsers and phones create them. */
function addUser(sessions: number): EmulatorUser {
  const { store, clock } = emulator;
  users += 1;
  const email = `user-${users}@example.com`;
  const { id } = store.addUser({ email, password: 'password', fullName: `User ${users}`, applicationIds });
  for (let age = sessions; age > 0; age--) {
    const at = clock.now() - age * minuteMs;
    const device = {
      name: `Laptop ${age} of user ${users}`,
      description: 'Firefox 145 on Linux',
      type: age % 3 === 0 ? 'MOBILE' : 'BROWSER',
      lastAccessedAddress: `192.0.2.${age % 250}`,
      lastAccessedInstant: at + minuteMs / 2,
    };
    const applicationId = applicationIds[age % applicationIds.length];
    store.addSession({
      userId: id,
      applicationId,
      insertInstant: at,
      device,
      scopes: ['openid', 'email', 'offline_access'],
    });
  }
  return { id, email };
}
