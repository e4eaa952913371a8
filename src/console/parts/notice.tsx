import type { ComponentChildren } from 'preact';
import { Icon } from './icon.js';

interface Props {
  readonly kind: 'info' | 'warning' | 'danger' | 'ok';
  readonly title?: string;
  /** For what appears while somebody works. */
  readonly role?: 'alert' | 'status';
  readonly children?: ComponentChildren;
}

const icons = { info: 'info', warning: 'warning', danger: 'warning', ok: 'check' } as const;

export function Notice({ kind, title, role, children }: Props) {
  return (
    <div class={`notice ${kind}`} role={role}>
      <Icon name={icons[kind]} size={18} />
      <div>
        {title !== undefined && <p class="notice-title">{title}</p>}
        {children}
      </div>
    </div>
  );
}
