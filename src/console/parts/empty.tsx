import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.js';

interface Props {
  readonly icon: IconName;
  readonly title: string;
  readonly help?: string;
  readonly children?: ComponentChildren;
}

/** In place of a table without rows: why there are none, and what to do. */
export function Empty({ icon, title, help, children }: Props) {
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={24} />
      </span>
      <h2>{title}</h2>
      {help !== undefined && <p>{help}</p>}
      {children}
    </div>
  );
}
