import { describe } from 'vitest';
import { describeAccessTokens } from './behaviours/access-tokens.js';
import { describeAuthorization } from './behaviours/authorization.js';
import { describeExchanging } from './behaviours/exchanging.js';
import { describeFindingUsers } from './behaviours/finding-users.js';
import { describeLifetimes } from './behaviours/lifetimes.js';
import { describeListing } from './behaviours/listing.js';
import { describeOpenQuestions } from './behaviours/open-questions.js';
import { describeRevoking } from './behaviours/revoking.js';
import { describeSettings } from './behaviours/settings.js';
import { describeSigningIn } from './behaviours/signing-in.js';
import { describeSigningUp } from './behaviours/signing-up.js';
import { describeSingleSignOn } from './behaviours/single-sign-on.js';
import { openContract } from './promises.js';
import type { Connect } from './world.js';

/**
 * Each behaviour of FusionAuth that the service relies on, and each one that the documentation leaves open. Uses
 * FusionAuth's own API only, so that it runs on the emulator and on a real instance alike.
 */
export function describeFusionAuthContract(connect: Connect): void {
  describe('FusionAuth', () => {
    const contract = openContract(connect);
    describeSigningIn(contract);
    describeSigningUp(contract);
    describeListing(contract);
    describeRevoking(contract);
    describeExchanging(contract);
    describeLifetimes(contract);
    describeSingleSignOn(contract);
    describeAccessTokens(contract);
    describeFindingUsers(contract);
    describeSettings(contract);
    describeAuthorization(contract);
    describeOpenQuestions(contract);
  });
}
