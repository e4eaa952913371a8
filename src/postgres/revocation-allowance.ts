import { StoreUnavailableError } from '../domain/errors.js';
import type { AllowanceRequest, GrantedAllowance, RevocationAllowance } from '../domain/ports/revocation-allowance.js';
import type { Database } from './database.js';

/** The endings that policies may carry out, of all replicas together. */
export class PostgresRevocationAllowance implements RevocationAllowance {
  constructor(private readonly database: Database) {}

  async take({ tenantId, count, perMinute }: AllowanceRequest): Promise<GrantedAllowance> {
    const [row] = await this.database.query<{ taken: GrantedAllowance }>(
      'select $schema.take_revocations_1($1, $2, $3) as taken',
      [tenantId ?? '', count, perMinute],
    );
    if (row === undefined) throw new StoreUnavailableError();
    return row.taken;
  }
}
