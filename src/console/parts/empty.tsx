import type { ComponentChildren } from 'preact';
import { Icon, type IconName } from './icon.js';

interface Props {
  readonly icon: IconName;
  readonly title: string;
  readonly help?: string;
  /** Whether the page has nothing else. */
  readonly isPage?: boolean;
  readonly children?: ComponentChildren;
}

/** In place of a table without rows: why there are none, and what to do. */
export function Empty({ icon, title, help, isPage = false, children }: Props) {
  const Heading = isPage ? 'h1' : 'h2';
  return (
    <div class="empty">
      <span class="empty-icon">
        <Icon name={icon} size={24} />
      </span>
      <Heading>{title}</Heading>
      {help !== undefined && <p>{help}</p>}
      {children}
    </div>
  );
}
