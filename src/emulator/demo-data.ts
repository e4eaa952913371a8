import { addLoginRecord } from './authentication.js';
import type { Application, Device, User } from './store/records.js';
import type { Store } from './store/store.js';

/** The password of every demo user. */
export const demoPassword = 'password';

/** Ids of the demo data, fixed so that documentation can name them. */
export const demoIds = {
  shop: 'a0000000-0000-4000-8000-000000000001',
  console: 'a0000000-0000-4000-8000-000000000002',
  alice: 'b0000000-0000-4000-8000-000000000001',
  bob: 'b0000000-0000-4000-8000-000000000002',
  carol: 'b0000000-0000-4000-8000-000000000003',
  dave: 'b0000000-0000-4000-8000-000000000004',
  aliceShopPhone: 'c0000000-0000-4000-8000-000000000001',
  aliceShopLaptop: 'c0000000-0000-4000-8000-000000000002',
  aliceShopTablet: 'c0000000-0000-4000-8000-000000000003',
  aliceConsoleDesktop: 'c0000000-0000-4000-8000-000000000004',
  aliceSingleSignOn: 'c0000000-0000-4000-8000-000000000005',
  bobShopPhone: 'c0000000-0000-4000-8000-000000000006',
  bobShopTv: 'c0000000-0000-4000-8000-000000000007',
  carolConsoleLaptop: 'c0000000-0000-4000-8000-000000000008',
} as const;

/** The session policy of the demo: one session on phones and tablets, and two on everything else. Ends nothing as it is. */
const demoPolicy = {
  version: 1,
  mode: 'observe',
  rules: [
    { name: 'phones', counts: { deviceTypes: ['MOBILE', 'TABLET'] }, allow: 1 },
    { name: 'everyone-else', allow: 2 },
  ],
} as const;

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Adds demo data: two applications, four users and their sessions on different devices. Alice has four application
 * sessions and one of single sign-on, Bob two, Carol one, Dave none: he signed in 40 days ago. Each session began with a
 * sign-in that is on record. Instants are relative to the store's clock.
 */
export function seedDemo(store: Store): { applications: Application[]; users: User[] } {
  const now = store.clock.now();
  // The default of one hour would end Alice's single sign-on session while somebody is still looking at the demo.
  const tenant = store.tenantOrThrow(store.defaultTenantId);
  tenant.httpSessionMaxInactiveInterval = (2 * day) / 1_000;
  tenant.data = { ...tenant.data, sessionPolicy: demoPolicy };
  const applications = [
    store.addApplication({ id: demoIds.shop, name: 'Acme Shop' }),
    store.addApplication({ id: demoIds.console, name: 'Acme Console' }),
  ];
  const both = [demoIds.shop, demoIds.console];
  const users = [
    addDemoUser(store, demoIds.alice, 'alice', 'Alice Archer', both),
    addDemoUser(store, demoIds.bob, 'bob', 'Bob Baker', [demoIds.shop]),
    addDemoUser(store, demoIds.carol, 'carol', 'Carol Carter', both),
    addDemoUser(store, demoIds.dave, 'dave', 'Dave Dyer', [demoIds.shop]),
  ];
  for (const [id, userId, applicationId, ageMs, idleMs, device] of demoSessions) {
    store.addSession({
      id,
      userId,
      applicationId,
      insertInstant: now - ageMs,
      device: { ...device, lastAccessedInstant: now - idleMs },
    });
  }
  const signIns = demoSessions.map(([, userId, applicationId, ageMs, , { lastAccessedAddress }]) => {
    return { userId, applicationId, instant: now - ageMs, ipAddress: lastAccessedAddress };
  });
  signIns.push({ userId: demoIds.dave, applicationId: demoIds.shop, instant: now - 40 * day, ipAddress: '192.0.2.33' });
  for (const { userId, ...signIn } of signIns.sort((a, b) => a.instant - b.instant)) {
    const user = users.find(({ id }) => id === userId);
    if (user !== undefined) addLoginRecord(store, user, signIn);
  }
  return { applications, users };
}

function addDemoUser(store: Store, id: string, name: string, fullName: string, applicationIds: string[]): User {
  const email = `${name}@example.com`;
  const insertInstant = store.clock.now() - 60 * day;
  return store.addUser({ id, email, fullName, password: demoPassword, applicationIds, insertInstant });
}

type DemoSession = [
  id: string,
  userId: string,
  applicationId: string | undefined,
  ageMs: number,
  idleMs: number,
  device: Device,
];

const demoSessions: readonly DemoSession[] = [
  [
    demoIds.aliceShopTablet,
    demoIds.alice,
    demoIds.shop,
    9 * day,
    3 * day,
    { name: 'iPad', type: 'TABLET', description: 'Safari on iPadOS', lastAccessedAddress: '198.51.100.24' },
  ],
  [
    demoIds.aliceShopLaptop,
    demoIds.alice,
    demoIds.shop,
    2 * day,
    5 * hour,
    { name: 'MacBook Air', type: 'LAPTOP', description: 'Firefox on macOS', lastAccessedAddress: '203.0.113.17' },
  ],
  [
    demoIds.aliceConsoleDesktop,
    demoIds.alice,
    demoIds.console,
    26 * hour,
    40 * minute,
    { name: 'Office PC', type: 'DESKTOP', description: 'Edge on Windows', lastAccessedAddress: '192.0.2.80' },
  ],
  [
    demoIds.aliceShopPhone,
    demoIds.alice,
    demoIds.shop,
    2 * hour,
    10 * minute,
    { name: 'Pixel 9', type: 'MOBILE', description: 'Chrome on Android', lastAccessedAddress: '203.0.113.17' },
  ],
  [
    demoIds.aliceSingleSignOn,
    demoIds.alice,
    undefined,
    35 * minute,
    35 * minute,
    { name: 'Office PC', type: 'BROWSER', description: 'Edge on Windows', lastAccessedAddress: '192.0.2.80' },
  ],
  [
    demoIds.bobShopTv,
    demoIds.bob,
    demoIds.shop,
    12 * day,
    1 * day,
    { name: 'Living room TV', type: 'TV', description: 'Acme Shop for TV', lastAccessedAddress: '198.51.100.7' },
  ],
  [
    demoIds.bobShopPhone,
    demoIds.bob,
    demoIds.shop,
    6 * hour,
    1 * hour,
    { name: 'iPhone 16', type: 'MOBILE', description: 'Safari on iOS', lastAccessedAddress: '198.51.100.7' },
  ],
  [
    demoIds.carolConsoleLaptop,
    demoIds.carol,
    demoIds.console,
    50 * minute,
    5 * minute,
    { name: 'ThinkPad X1', type: 'LAPTOP', description: 'Chrome on Linux', lastAccessedAddress: '2001:db8::51' },
  ],
];
