import type { FastifyRequest } from 'fastify';
import type { OpenCall } from './call-log.js';
import type { MovableClock } from './clock.js';
import type { EventPublisher } from './events/event-publisher.js';
import type { AuthorizationCode } from './oauth/authorization-code.js';
import type { PendingConsent } from './oauth/pending-consent.js';
import type { PendingPasswordless, PendingVerification } from './pending-codes.js';
import type { PendingIds } from './pending-ids.js';
import type { SessionRevoker } from './session-revoker.js';
import type { Store } from './store/store.js';
import type { SigningKeys } from './tokens/signing-keys.js';
import type { TokenIssuer } from './tokens/token-issuer.js';

/** FusionAuth's own names, as in its setting `search.type`. */
export const searchEngines = ['elasticsearch', 'database'] as const;
export type SearchEngine = (typeof searchEngines)[number];

/** Somebody made up, whose password is no secret. */
export interface OneClickPerson {
  readonly label: string;
  readonly loginId: string;
  readonly password: string;
}

/** What the endpoints work with. */
export interface EmulatorContext {
  readonly store: Store;
  readonly clock: MovableClock;
  readonly events: EventPublisher;
  readonly keys: SigningKeys;
  readonly tokens: TokenIssuer;
  readonly revoker: SessionRevoker;
  /** Ids that let a user choose a new password, each for a user id. */
  readonly changePasswordIds: PendingIds<string>;
  /** Ids of sign-ins that wait for a second factor, each for a user id. */
  readonly twoFactorIds: PendingIds<string>;
  /** Codes of passwordless sign-ins. */
  readonly passwordlessCodes: PendingIds<PendingPasswordless>;
  /** Ids that verify an e-mail address or a registration. */
  readonly verificationIds: PendingIds<PendingVerification>;
  readonly authorizationCodes: PendingIds<AuthorizationCode>;
  /** Ids of sign-ins that wait for the user's consent. */
  readonly pendingConsents: PendingIds<PendingConsent>;
  /** Which of FusionAuth's engines searches users. */
  readonly searchEngine: SearchEngine;
  /** Made-up people whom the login page of an application offers to sign in with one click, by its id. */
  readonly oneClickPeople: Map<string, readonly OneClickPerson[]>;
  /** True when what the emulator would keep without effect is refused instead. */
  readonly isStrict: boolean;
  /** The kinds of records kept without effect so far. */
  readonly keptKinds: Set<string>;
  /** Called once for each such kind. */
  readonly onKept: (name: string) => void;
  /** The log entry of each call being handled. */
  readonly openCalls: WeakMap<FastifyRequest, OpenCall>;
}
