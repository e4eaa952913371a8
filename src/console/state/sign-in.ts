import { ConsoleViewer } from '../api/documents.js';
import { run } from '../api/run.js';
import { signedOut } from './connection.js';

const lookMs = 300_000;

/**
 * Notices by itself that its person has signed out in another tab, or has done nothing for too long: what they saw is not for
 * whoever sits there next.
 */
export function watchSignIn(): void {
  document.addEventListener('visibilitychange', look);
  // The browser shows again what it had put aside.
  addEventListener('pageshow', ({ persisted }) => persisted && look());
  setInterval(look, lookMs);
  const tabs = new BroadcastChannel('fusionauth-sessions-console:signed-out');
  tabs.addEventListener('message', look);
  signedOut.subscribe(() => tabs.postMessage(null));
}

function look(): void {
  if (signedOut.get() || document.visibilityState !== 'visible') return;
  // An answer that refuses the cookie says so to the page; any other says nothing.
  run(ConsoleViewer, {}).catch(() => undefined);
}
