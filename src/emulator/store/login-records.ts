/** A sign-in, as the Login API's records show it. */
export interface LoginRecord {
  readonly userId: string;
  readonly tenantId: string;
  readonly applicationId?: string;
  /** In epoch milliseconds. */
  readonly instant: number;
  readonly ipAddress?: string;
  /** What the user signed in with, where that is known. */
  readonly loginId?: string;
  readonly loginIdType?: 'email' | 'username';
}

/** FusionAuth keeps them for as long as it is told to; the emulator keeps the newest, so that it stays small. */
const capacity = 100_000;

/** The newest sign-ins, oldest first. */
export class LoginRecords {
  #records: LoginRecord[] = [];

  add(record: LoginRecord): void {
    this.#records.push(record);
    // Forgetting a tenth at once keeps the cost of each sign-in constant.
    if (this.#records.length > capacity * 1.1) {
      this.#records = this.#records.slice(-capacity);
    }
  }

  all(): readonly LoginRecord[] {
    return this.#records;
  }

  load(records: readonly LoginRecord[]): void {
    this.#records = [...records];
  }
}
