import type { ComponentChildren } from 'preact';

interface Props {
  readonly isBusy: boolean;
  readonly onClick: () => void;
  readonly children: ComponentChildren;
}

/** Does nothing while what it began is under way. It keeps the focus meanwhile, which a disabled button loses. */
export function BusyButton({ isBusy, onClick, children }: Props) {
  return (
    <button type="button" class="button" aria-disabled={isBusy ? true : undefined} onClick={() => isBusy || onClick()}>
      {children}
    </button>
  );
}
