import { it } from 'vitest';
import {
  endsAcrossARestart,
  endsAThousandInTheBackground,
  retriesWhatFailed,
  tellsWhatSigningOutCutOff,
  tellsWhatWasCutOff,
} from './acceptance/many-sessions.js';
import {
  asksToBeReloaded,
  endsBehindAProxy,
  forgetsWhatFailedOnce,
  goesOnAfterARestart,
  goesOnWithoutItsDatabase,
  keepsWhatIsShown,
  saysThatFusionAuthIsAway,
  saysThatFusionAuthIsBack,
} from './acceptance/outages.js';
import {
  asksOnceWhatIsForbidden,
  endsSingleOnesInBulk,
  hidesWhatAPersonMayNotDo,
  saysThatPermissionsAreGone,
  showsPeopleTheirOwn,
  worksBelowABasePath,
} from './acceptance/permissions.js';
import { keepsWhatWasWritten, leadsBackAfterSigningInAgain } from './acceptance/sign-in-ends.js';
import {
  actsForItsPersonAlone,
  hidesWhatASignedOutPersonSaw,
  hidesWhatItMayNotFollow,
  signsInBesideStrangers,
} from './acceptance/two-people.js';
import { browserOfMachine, describeConsole } from './support/scenarios.js';

describeConsole('the console, whatever happens beside it', await browserOfMachine(), ({ scenario, browser }) => {
  scenario('ends 1,000 of 1,200 sessions while its person looks at other pages', endsAThousandInTheBackground);
  scenario('says what was cut off when the page was closed in the middle of it', tellsWhatWasCutOff);
  it('ends 1,000 sessions across a restart of the service', () => endsAcrossARestart(browser()));
  scenario('goes on ending behind a proxy that answers while the service is replaced', endsBehindAProxy);
  scenario('says what was cut off when its person signed out in the middle of it', tellsWhatSigningOutCutOff);
  scenario('names what could not be ended, and tries it again', retriesWhatFailed);
  scenario('hides what a person may not do, and says which permission is missing', hidesWhatAPersonMayNotDo);
  scenario('ends a single session of somebody who may end several only', endsSingleOnesInBulk, {
    env: { ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: { lead: ['session:read', 'session:bulk'] } }) },
  });
  scenario('asks once who somebody is where that is refused', asksOnceWhatIsForbidden);
  scenario(
    'says that nothing has ended once permissions are gone, and shows which are left',
    saysThatPermissionsAreGone,
    { env: { CONSOLE_IDLE_SECONDS: '7200' } },
  );
  scenario('shows people without a role their own sessions', showsPeopleTheirOwn);
  scenario('says that FusionAuth is away, and goes on when it is back', saysThatFusionAuthIsAway);
  scenario('says that FusionAuth is back while somebody works on', saysThatFusionAuthIsBack);
  scenario('shows no failure of what has been shown since', forgetsWhatFailedOnce);
  scenario('keeps the history that is shown where more of it cannot be had', keepsWhatIsShown);
  scenario('asks to be reloaded once the service is of another version', asksToBeReloaded);
  scenario('leads back to the same page after signing in again', leadsBackAfterSigningInAgain);
  scenario('keeps a comment over a sign-in that ends while it is written, for its writer alone', keepsWhatWasWritten);
  scenario('acts for the person whose name it shows, whoever has signed in beside', actsForItsPersonAlone);
  scenario('hides what somebody saw who has signed out in another tab', hidesWhatASignedOutPersonSaw);
  scenario(
    'hides what somebody saw whose sign-in has ended on a page that follows no events',
    hidesWhatItMayNotFollow,
    { env: { ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles: { support: ['session:read'] } }) } },
  );
  scenario('signs people in by itself once strangers leave room for it', signsInBesideStrangers);
  it('goes on over a restart of the service without a reload', () => goesOnAfterARestart(browser()));
  scenario('works below a base path, and lets people of the demo sign in with one click', worksBelowABasePath, {
    env: { BASE_PATH: '/auth/sessions' },
  });
  it('ends sessions while the database is away, and says what is missing', async ({ skip }) => {
    // By name at run time, so that the other scenarios run where PostgreSQL does not start.
    const { sharedPostgres } = await import('../support/postgres.js');
    const server = await sharedPostgres().catch((error: unknown) => {
      if (process.env['CI'] !== undefined) throw error;
      return null;
    });
    if (server === null) skip('PostgreSQL does not start');
    else await goesOnWithoutItsDatabase(browser(), await server.createDatabase());
  });
});
