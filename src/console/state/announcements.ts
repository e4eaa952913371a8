import { useEffect, useRef } from 'preact/hooks';
import { createStore } from './store.js';

/** What screen readers say next: empty most of the time, so that nobody comes upon it while reading the page. */
export const announcement = createStore('');

/** What changes many times in a row is said once, when it has come to rest. */
const restMs = 1_000;
const shownMs = 5_000;

let timer: ReturnType<typeof setTimeout> | undefined;

/** Says something that the page shows already. The newest of several at once counts. */
function announce(text: string): void {
  clearTimeout(timer);
  timer = setTimeout(() => {
    announcement.set(text);
    timer = setTimeout(() => announcement.set(''), shownMs);
  }, restMs);
}

/** Says a text of the page when it changes. Null: it is not worth saying. */
export function useAnnounced(text: string | null): void {
  const before = useRef(text);
  useEffect(() => {
    if (text !== null && text !== before.current) announce(text);
    before.current = text;
  }, [text]);
}
