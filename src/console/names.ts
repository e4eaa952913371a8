import type { SessionKind } from '../operations/operations.js';
import { texts } from './texts.js';

/** What a user may be called by. */
interface Named {
  readonly id: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly username: string | null;
  readonly phoneNumber: string | null;
}

/** What a user is called: by a name, else by an address, and at the least by an id. */
export function nameOf({ displayName, email, username, phoneNumber, id }: Named): string {
  return plain(displayName) ?? plain(email) ?? plain(username) ?? plain(phoneNumber) ?? id;
}

/** What else a user signs in with, such as an e-mail address. */
export function otherNamesOf(user: Named): readonly string[] {
  const names = [user.email, user.username, user.phoneNumber].map(plain).filter((name) => name !== null);
  return [...new Set(names)].filter((name) => name !== nameOf(user));
}

/** Of characters that have a meaning beside others, as in emoji and Persian, and show nothing by themselves. */
const unseen = /^[\s\u2800\p{Default_Ignorable_Code_Point}]*$/u;

/**
 * A text that its users or their devices chose, without characters that nobody sees and that turn around, or break, what
 * stands beside them. Null where nothing is left to be seen.
 * @see https://unicode.org/reports/tr36/#Bidirectional_Text_Spoofing
 */
export function plain(text: string | null): string | null {
  const shown = text
    ?.replace(/[\p{Cc}\u061C\u200B\u200E\u200F\u2028-\u202E\u2060\u2066-\u2069\uFEFF]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return shown === undefined || unseen.test(shown) ? null : shown;
}

interface Device {
  readonly name: string | null;
  readonly description: string | null;
  readonly type: string | null;
}

/** What to call the device of a session, and what else is known of it. Single sign-on is a matter of browsers. */
export function deviceTexts(session: {
  readonly kind: SessionKind;
  readonly device: Device;
}): readonly [title: string, second: string | null] {
  const { name, description, type } = session.device;
  const unnamed = session.kind === 'SSO' ? texts.sessions.ssoDevice : texts.sessions.unnamed;
  const title = plain(name) ?? plain(description) ?? unnamed;
  const second = plain(description) === title ? null : plain(description);
  return [title, second ?? typeInWords(type)];
}

/** The same of a device that is no more than recorded; null where nothing is. */
export function deviceName(device: Device | null): string | null {
  return device === null ? null : (plain(device.name) ?? plain(device.description) ?? typeInWords(device.type));
}

/** `Mobile` for MOBILE. */
export function typeInWords(type: string | null): string | null {
  const shown = plain(type);
  if (shown === null || shown.length <= 2) return shown;
  return `${shown.slice(0, 1)}${shown.slice(1).toLowerCase().replaceAll('_', ' ')}`;
}
