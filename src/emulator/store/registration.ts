import type { Application, User, UserRegistration } from './records.js';

export function registrationOf(user: User, applicationId: string | undefined): UserRegistration | undefined {
  return user.registrations.find((registration) => registration.applicationId === applicationId);
}

/** The names of the roles that a registration gets which names none. */
export function defaultRolesOf({ roles }: Application): string[] {
  return roles.filter(({ isDefault }) => isDefault).map(({ name }) => name);
}
