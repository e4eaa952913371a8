import type { SessionDevice } from './session.js';
import { storableText } from './storable-text.js';

/** How many characters of each member of a device are recorded. The person who signs in decides on its length. */
const maxCharacters = 255;

/**
 * The device of a session as events and the history keep it, so that people recognise it once the session is gone.
 * @returns undefined for a device of which nothing is known.
 */
export function recordedDevice(device: SessionDevice | null | undefined): SessionDevice | undefined {
  if (device == null) return undefined;
  const [name, description, type] = [textOf(device.name), textOf(device.description), textOf(device.type)];
  return name === null && description === null && type === null ? undefined : { name, description, type };
}

function textOf(text: string | null): string | null {
  return text === null || text === '' ? null : storableText(text.slice(0, maxCharacters));
}
