import type { ComponentChildren } from 'preact';

export type BadgeKind = 'neutral' | 'accent' | 'ok' | 'warning' | 'danger';

export function Badge({
  kind = 'neutral',
  children,
}: {
  readonly kind?: BadgeKind;
  readonly children: ComponentChildren;
}) {
  return <span class={`badge ${kind}`}>{children}</span>;
}
