import { createStore } from './store.js';

const key = 'fusionauth-sessions-console:shortcuts';

/** Whether single keys do something: people who dictate, or whose hands shake, can switch that off (WCAG 2.1.4). */
export const shortcutsOn = createStore(read() !== 'off');

export function switchShortcuts(on: boolean): void {
  shortcutsOn.set(on);
  try {
    localStorage.setItem(key, on ? 'on' : 'off');
  } catch {
    // It then holds until the page is left.
  }
}

function read(): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}
