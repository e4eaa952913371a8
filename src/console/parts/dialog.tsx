import type { ComponentChildren } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';

interface Props {
  readonly title: string;
  /** Also by Esc. */
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal dialog. It begins at the control with `data-autofocus`, and gives the focus back where it came from. */
export function Dialog({ title, onClose, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    if (dialog === null) return;
    const before = document.activeElement;
    const row = before?.closest<HTMLElement>('[data-row]') ?? null;
    dialog.showModal();
    dialog.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      dialog.close();
      // The button that opened it may be gone, as that of an ended session is.
      const next = [before, row].find((element) => element?.isConnected === true && element !== document.body);
      (next instanceof HTMLElement ? next : document.getElementById('main'))?.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      // A key that is held down was pressed for the dialog before, and would answer this one unread.
      onKeyDown={(event) => event.repeat && event.key === 'Enter' && event.preventDefault()}
      // So does the second click of a double click, whose first was for what stood at this place before.
      onClickCapture={(event) => {
        if (event.detail < 2 || !(event.target instanceof Element) || event.target.closest('button') === null) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <h2 id={titleId}>{title}</h2>
      {children}
    </dialog>
  );
}
