import { useEffect, useRef } from 'preact/hooks';
import { shortcutsOn } from './preferences.js';
import { goTo, hrefOf } from './router.js';

interface Handlers {
  /** `?` */
  readonly onList: () => void;
}

/** Time for the second key after `g`. */
const chordMs = 1_500;

/**
 * Single keys, where nobody is writing and no dialog is open. Rows are elements with `data-row`; `x` and `e` press the
 * controls in them that bear `data-key`, so that keys do nothing that the page does not offer.
 */
export function useShortcuts(handlers: Handlers): void {
  const latest = useRef(handlers);
  latest.current = handlers;
  useEffect(() => {
    let goUntil = 0;
    const onKey = (event: KeyboardEvent) => {
      if (!shortcutsOn.get() || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector('dialog[open]') !== null || isWriting(event)) return;
      const isSecond = performance.now() < goUntil;
      goUntil = 0;
      if (isSecond && event.key in pagesByKey) {
        event.preventDefault();
        goTo(pagesByKey[event.key]?.() ?? hrefOf.users());
        return;
      }
      switch (event.key) {
        case 'g':
          goUntil = performance.now() + chordMs;
          return;
        case '/':
          event.preventDefault();
          document.querySelector<HTMLInputElement>('input[data-search]')?.focus();
          return;
        case '?':
          event.preventDefault();
          latest.current.onList();
          return;
        case 'ArrowDown':
        case 'ArrowUp':
          if (moveRow(event.key === 'ArrowDown' ? 1 : -1)) event.preventDefault();
          return;
        case 'x':
          currentRow()?.querySelector<HTMLElement>('[data-key="x"]')?.click();
          return;
        case 'e':
          endSelected()?.click();
          return;
      }
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
}

const pagesByKey: Readonly<Record<string, () => string>> = { u: hrefOf.users, a: hrefOf.activity, h: hrefOf.history };

function isWriting({ target }: KeyboardEvent): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'submit'].includes(target.type);
  return target.isContentEditable || ['TEXTAREA', 'SELECT'].includes(target.tagName);
}

function currentRow(): HTMLElement | null {
  return document.activeElement?.closest<HTMLElement>('[data-row]') ?? null;
}

/** Of the selection if there is one, else of the row. */
function endSelected(): HTMLElement | null {
  return (
    document.querySelector<HTMLElement>('[data-key="e-selected"]') ??
    currentRow()?.querySelector<HTMLElement>('[data-key="e"]') ??
    null
  );
}

function moveRow(step: 1 | -1): boolean {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  if (rows.length === 0) return false;
  const current = currentRow();
  const index = current === null ? (step === 1 ? 0 : rows.length - 1) : rows.indexOf(current) + step;
  const next = rows[Math.min(Math.max(index, 0), rows.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: 'nearest' });
  return true;
}
