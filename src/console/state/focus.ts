/** At which somebody is who works by keyboard. Null for anybody else. */
let control: Element | null = null;
/** Where they go on when it goes away. */
let row: HTMLElement | null = null;

/**
 * Keeps the place of people who work by keyboard when the control that they are at goes away, as "Show more" does, and the
 * "End" of a session that somebody else has ended: they go on at its row, or at the row before it, and not at the beginning.
 */
export function keepFocus(): void {
  const note = ({ target }: Event) => {
    control = target instanceof Element && target.matches(':focus-visible') ? target : null;
    row = control === null ? null : rowAt(control);
  };
  addEventListener('focusin', note);
  // There may be more rows by now.
  addEventListener('keydown', note, true);
  addEventListener('pointerdown', () => (control = null), true);
  new MutationObserver(() => {
    if (control === null || control.isConnected || document.activeElement !== document.body) return;
    control = null;
    const ofDialog = document.querySelector<HTMLElement>('dialog[open] [data-autofocus]');
    if (ofDialog !== null) ofDialog.focus();
    else if (row?.isConnected === true) row.focus();
    else document.getElementById('main')?.focus({ preventScroll: true });
  }).observe(document.body, { childList: true, subtree: true });
}

/** Its own; else the last one before it, or the first of all. */
function rowAt(place: Element): HTMLElement | null {
  const own = place.closest<HTMLElement>('[data-row]');
  if (own !== null) return own;
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const isBefore = (one: HTMLElement) => (one.compareDocumentPosition(place) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;
  return rows.findLast(isBefore) ?? rows[0] ?? null;
}
