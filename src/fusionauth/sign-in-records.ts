import type { FusionAuthClient } from '@fusionauth/typescript-client';
import { parseUserId } from '../domain/ids.js';
import type { SignInPage, SignInRange, SignInRecords } from '../domain/ports/sign-in-records.js';
import { translateErrors } from './call-error.js';
import { asObject, listOrNone, optionalObject } from './json.js';

/**
 * FusionAuth's login records. Reading them needs an API key that belongs to no tenant, since FusionAuth 1.65.
 * @see https://fusionauth.io/docs/apis/login#search-login-records
 */
export class FusionAuthSignInRecords implements SignInRecords {
  constructor(private readonly client: FusionAuthClient) {}

  async list({ since, until, skip, first }: SignInRange): Promise<SignInPage> {
    return translateErrors(async () => {
      const { response } = await this.client.searchLoginRecords({
        search: { start: since, end: until, startRow: skip, numberOfResults: first },
        retrieveTotal: true,
      });
      const body = asObject(response ?? {}, 'The answer for login records');
      const records = listOrNone(body, 'logins', ['total']);
      // A record without a user is skipped, and does not fail the page.
      const userIds = records.flatMap((record) => parseUserId(optionalObject(record)['userId']) ?? []);
      const { total } = body;
      return { userIds, total: typeof total === 'number' && total >= 0 ? total : skip + records.length };
    });
  }
}
