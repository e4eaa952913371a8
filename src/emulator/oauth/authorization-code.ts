import type { Device } from '../store/records.js';

/** What an authorization code stands for, until it is redeemed. */
export interface AuthorizationCode {
  readonly applicationId: string;
  readonly redirectUri: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  /** When the user gave credentials, in epoch milliseconds. */
  readonly authInstant: number;
  readonly nonce: string | undefined;
  readonly codeChallenge: string | undefined;
  readonly singleSignOnId: string | undefined;
  /** FusionAuth's word for how the user authenticated. Default `PASSWORD`. */
  readonly authenticationType?: string;
  readonly device: Pick<Device, 'name' | 'description' | 'type'>;
}
