/**
 * The event types the emulator fires. FusionAuth documents which of them can hold up an operation until webhooks have
 * agreed (webhook transactions); `user.password.update`, `kickstart.success` and those that end in `.complete` never do.
 */
export type EventType =
  | 'jwt.refresh'
  | 'jwt.refresh-token.revoke'
  | 'kickstart.success'
  | 'user.action'
  | 'user.create'
  | 'user.deactivate'
  | 'user.delete'
  | 'user.login.failed'
  | 'user.login.success'
  | 'user.password.update'
  | 'user.reactivate'
  | 'user.registration.create'
  | 'user.registration.create.complete'
  | 'user.registration.delete'
  | 'user.registration.update'
  | 'user.update';

export function canBeTransactional(type: EventType): boolean {
  return type !== 'user.password.update' && type !== 'kickstart.success' && !type.endsWith('.complete');
}
