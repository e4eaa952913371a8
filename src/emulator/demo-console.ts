import { demoPassword } from './demo-data.js';
import type { Emulator } from './emulator.js';
import { newId } from './store/new-id.js';
import type { Application } from './store/records.js';

/** The application by which people sign in to a console beside the emulator. */
export interface DemoConsoleClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where browsers may be sent after signing in and out. */
  readonly redirectUrls: readonly string[];
}

const people = [
  { id: 'b0000000-0000-4000-8000-000000000011', name: 'sasha', fullName: 'Sasha Stone', role: 'support' },
  { id: 'b0000000-0000-4000-8000-000000000012', name: 'lee', fullName: 'Lee Lang', role: 'lead' },
] as const;

/** Adds the application of a console, and two people who sign in to it with one click: one of support, and a lead. */
export function addDemoConsole(
  { store, clock, oneClickPeople }: Pick<Emulator, 'store' | 'clock' | 'oneClickPeople'>,
  { clientId, clientSecret, redirectUrls }: DemoConsoleClient,
): Application {
  const now = clock.now();
  const application = store.addApplication({
    id: clientId,
    name: 'Session Console',
    roles: people.map(({ role }) => ({
      id: newId(),
      name: role,
      isDefault: false,
      isSuperRole: false,
      insertInstant: now,
      lastUpdateInstant: now,
    })),
    oauthConfiguration: {
      clientSecret,
      clientAuthenticationPolicy: 'Required',
      proofKeyForCodeExchangePolicy: 'Required',
      enabledGrants: ['authorization_code', 'refresh_token'],
      generateRefreshTokens: true,
      requireRegistration: true,
      logoutBehavior: 'RedirectOnly',
      authorizedRedirectURLs: [...redirectUrls],
    },
  });
  for (const { id, name, fullName, role } of people) {
    store.addUser({
      id,
      email: `${name}@example.com`,
      fullName,
      password: demoPassword,
      registrations: [
        {
          id: newId(),
          applicationId: clientId,
          roles: [role],
          verified: true,
          insertInstant: now,
          lastUpdateInstant: now,
        },
      ],
    });
  }
  oneClickPeople.set(
    clientId,
    people.map(({ name, fullName, role }) => ({
      label: `${fullName} (${role})`,
      loginId: `${name}@example.com`,
      password: demoPassword,
    })),
  );
  return application;
}
