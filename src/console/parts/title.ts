import { useEffect } from 'preact/hooks';
import { texts } from '../texts.js';

/** The title of the window, by which tabs and the browser's history are told apart. */
export function useTitle(page: string): void {
  useEffect(() => {
    document.title = texts.titleOf(page);
  }, [page]);
}
