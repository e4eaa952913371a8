/** What a caller may do. */
export const permissions = ['session:read', 'session:enforce', 'session:revoke'] as const;

export type Permission = (typeof permissions)[number];

/** Who invokes an operation. */
export interface Caller {
  readonly kind: 'service';
  /** The name of the service key, for logs and audit records. */
  readonly name: string;
  readonly permissions: ReadonlySet<Permission>;
}
