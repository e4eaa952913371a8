import { texts } from '../texts.js';
import { Icon } from './icon.js';

export function StatusWord({ isActive }: { readonly isActive: boolean }) {
  return (
    <span class={`status-word ${isActive ? 'ok' : 'off'}`}>
      <Icon name={isActive ? 'check' : 'cross'} size={14} />
      {isActive ? texts.user.active : texts.user.inactive}
    </span>
  );
}
