import type { Browser } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findBrowser, sharedBrowser } from '../support/browser.js';
import { buildService, buildTimeoutMs } from '../support/build.js';
import { showsWhatHappens } from './acceptance/activity.js';
import {
  growsWithTheTextOfTheBrowser,
  isAccessible,
  keepsTheCookieFromScripts,
  looks,
  showsNewSessions,
  standsStillIfAsked,
  tellsWhereOneIsInForcedColours,
  worksInOlderBrowsers,
} from './acceptance/appearance.js';
import { asksOnceForAllRows, namesAllOfOneRequest, showsNothingOfAnotherFilter } from './acceptance/history.js';
import { asksWhoeverClicksTwice, marksWhatItCannotCopy } from './acceptance/hurried.js';
import { keepsThePlaceOfWhoeverWorks, showsTheResultToWhoeverHoldsEnter } from './acceptance/kept-place.js';
import { isQuickByKeyboard, switchesShortcutsOff, worksByKeyboardAlone } from './acceptance/keyboard.js';
import { showsTheLimit } from './acceptance/limits.js';
import {
  endsAcrossARestart,
  endsAThousandInTheBackground,
  retriesWhatFailed,
  tellsWhatSigningOutCutOff,
  tellsWhatWasCutOff,
} from './acceptance/many-sessions.js';
import {
  bearsOddInput,
  endsDaysAtMidnight,
  goesByTheTimeOfTheService,
  namesFiltersThatItIgnores,
  offersToEndSsoWhereItStays,
  selectsNothingUnseen,
} from './acceptance/odd-input.js';
import { showsTextsAsTexts } from './acceptance/odd-texts.js';
import {
  asksToBeReloaded,
  endsBehindAProxy,
  forgetsWhatFailedOnce,
  goesOnAfterARestart,
  goesOnWithoutItsDatabase,
  keepsWhatWasWritten,
  leadsBackAfterSigningInAgain,
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
import { printsWhatWasFound } from './acceptance/print.js';
import { hasTargetsOfSize, helpsAlike, isReadAsMeant, neverHidesTheFocus } from './acceptance/screen-reader.js';
import { callsUsersByTheirNumber, keepsTokensToItself, opensNobodyElse } from './acceptance/searching.js';
import { saysWhatIsToBeMended, showsHowTheServiceDoes } from './acceptance/set-up.js';
import { endsTheRightSession, findsWhoEndedASession, toldThatItIsOver } from './acceptance/support-desk.js';
import { countsRightlyBesideATranslator } from './acceptance/translation.js';
import {
  actsForItsPersonAlone,
  hidesWhatASignedOutPersonSaw,
  hidesWhatItMayNotFollow,
  signsInBesideStrangers,
} from './acceptance/two-people.js';
import { inWorld, misdeedsOf, type World } from './support/world.js';

const executablePath = await findBrowser();
if (executablePath === null) process.stderr.write('SKIPPED: no Chromium is installed, so the console is not tried.\n');

it.runIf(process.env['CI'] !== undefined)('has a browser in CI', () => {
  expect(executablePath).not.toBeNull();
});

describe.skipIf(executablePath === null)('the console', { timeout: 120_000 }, () => {
  let browser: Browser;

  beforeAll(async () => {
    [browser] = await Promise.all([sharedBrowser(executablePath ?? ''), buildService()]);
  }, buildTimeoutMs);

  // Whatever was tried.
  afterEach(() => expect(misdeedsOf(browser).splice(0)).toEqual([]));

  const scenario = (name: string, run: (world: World) => Promise<void>) => it(name, () => inWorld(browser, run));

  scenario('ends the right session of a user who is known by their e-mail address', endsTheRightSession);
  it('shows who ended which session, in links and in a file', () =>
    inWorld(browser, findsWhoEndedASession, { env: { REQUIRE_COMMENT: 'true' } }));
  scenario('asks once for what all rows of the history need', asksOnceForAllRows);
  scenario('names everybody whose sessions one request has ended', namesAllOfOneRequest);
  scenario('shows no rows of another filter while those of this one are on their way', showsNothingOfAnotherFilter);
  scenario('says that a session is over which somebody else has just ended', toldThatItIsOver);
  scenario('shows the limit that a user is above, and what it would end', showsTheLimit);
  scenario('works by the keyboard alone', worksByKeyboardAlone);
  scenario('does the tasks of the support desk by keyboard within their times', isQuickByKeyboard);
  scenario('keeps the place of people whose control goes away', keepsThePlaceOfWhoeverWorks);
  scenario('shows the result to whoever holds Enter too long', showsTheResultToWhoeverHoldsEnter);
  scenario('ends nothing by the second click of a double click, which nobody has read', asksWhoeverClicksTwice);
  scenario('marks what the browser does not let it copy, and says so', marksWhatItCannotCopy);
  scenario('keeps from single keys where they are switched off', switchesShortcutsOff);
  scenario('ends 1,000 of 1,200 sessions while its person looks at other pages', endsAThousandInTheBackground);
  scenario('says what was cut off when the page was closed in the middle of it', tellsWhatWasCutOff);
  it('ends 1,000 sessions across a restart of the service', () => endsAcrossARestart(browser));
  scenario('goes on ending behind a proxy that answers while the service is replaced', endsBehindAProxy);
  scenario('says what was cut off when its person signed out in the middle of it', tellsWhatSigningOutCutOff);
  scenario('names what could not be ended, and tries it again', retriesWhatFailed);
  scenario('sends on no token that was pasted, and finds its session', keepsTokensToItself);
  scenario('calls users by their phone number who have no other name', callsUsersByTheirNumber);
  scenario('opens nobody who was found by another search', opensNobodyElse);
  scenario('offers to end the single sign-on session where it would stay', offersToEndSsoWhereItStays);
  scenario('bears what nobody can be called, and days that never come', bearsOddInput);
  scenario('ends each day at midnight, also one that begins at one', endsDaysAtMidnight);
  scenario('selects nothing that a filter has taken away', selectsNothingUnseen);
  scenario('names what of an address it cannot filter by', namesFiltersThatItIgnores);
  scenario('goes by the time of the service, whatever the clock of the browser says', goesByTheTimeOfTheService);
  scenario('hides what a person may not do, and says which permission is missing', hidesWhatAPersonMayNotDo);
  it('ends a single session of somebody who may end several only', () => {
    const roles = { lead: ['session:read', 'session:bulk'] };
    return inWorld(browser, endsSingleOnesInBulk, { env: { ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles }) } });
  });
  scenario('asks once who somebody is where that is refused', asksOnceWhatIsForbidden);
  it('says that nothing has ended once permissions are gone, and shows which are left', () =>
    inWorld(browser, saysThatPermissionsAreGone, { env: { CONSOLE_IDLE_SECONDS: '7200' } }));
  scenario('shows people without a role their own sessions', showsPeopleTheirOwn);
  scenario('says what is wrong with the set-up, to whoever may know', saysWhatIsToBeMended);
  it('shows how the service does, who follows it, and what FusionAuth sends', () =>
    inWorld(browser, showsHowTheServiceDoes, { env: { WEBHOOK_SIGNATURE: 'jwks' } }));
  scenario('says that FusionAuth is away, and goes on when it is back', saysThatFusionAuthIsAway);
  scenario('says that FusionAuth is back while somebody works on', saysThatFusionAuthIsBack);
  scenario('shows no failure of what has been shown since', forgetsWhatFailedOnce);
  scenario('counts rightly in a browser that translates pages', countsRightlyBesideATranslator);
  scenario('asks to be reloaded once the service is of another version', asksToBeReloaded);
  scenario('leads back to the same page after signing in again', leadsBackAfterSigningInAgain);
  scenario('keeps a comment over a sign-in that ends while it is written, for its writer alone', keepsWhatWasWritten);
  scenario('acts for the person whose name it shows, whoever has signed in beside', actsForItsPersonAlone);
  scenario('hides what somebody saw who has signed out in another tab', hidesWhatASignedOutPersonSaw);
  it('hides what somebody saw whose sign-in has ended on a page that follows no events', () => {
    const roles = { support: ['session:read'] };
    return inWorld(browser, hidesWhatItMayNotFollow, { env: { ACCESS_TOKEN_PERMISSIONS: JSON.stringify({ roles }) } });
  });
  scenario('signs people in by itself once strangers leave room for it', signsInBesideStrangers);
  scenario('shows texts of strangers as texts, on every page', showsTextsAsTexts);
  scenario('is read by screen readers as it is meant, word for word', isReadAsMeant);
  scenario('has targets of 24 pixels', hasTargetsOfSize);
  scenario('never hides what has the focus', neverHidesTheFocus);
  scenario('has its help at one place, and takes what is pasted', helpsAlike);
  scenario('keeps its cookie from scripts, and leaves nothing behind', keepsTheCookieFromScripts);
  scenario('prints tables, dark on light, without what cannot be pressed', printsWhatWasFound);
  scenario('stands still for people who ask for it', standsStillIfAsked);
  scenario('tells where one is, also in the colours of its reader', tellsWhereOneIsInForcedColours);
  scenario('works in browsers of two years before', worksInOlderBrowsers);
  scenario('grows with the size of text that the browser is set to', growsWithTheTextOfTheBrowser);
  it('shows what happens to everybody, and keeps it back while that is paused', () =>
    inWorld(browser, showsWhatHappens, { env: { WEBHOOK_SIGNATURE: 'jwks' } }));
  it('shows new sessions as they begin, without moving what somebody works with', () =>
    inWorld(browser, showsNewSessions, { env: { WEBHOOK_SIGNATURE: 'jwks' } }));
  it('goes on over a restart of the service without a reload', () => goesOnAfterARestart(browser));
  it('works below a base path, and lets people of the demo sign in with one click', () =>
    inWorld(browser, worksBelowABasePath, { env: { BASE_PATH: '/auth/sessions' } }));
  it('ends sessions while the database is away, and says what is missing', async ({ skip }) => {
    // By name at run time, so that the other scenarios run where PostgreSQL does not start.
    const { sharedPostgres } = await import('../support/postgres.js');
    const server = await sharedPostgres().catch((error: unknown) => {
      if (process.env['CI'] !== undefined) throw error;
      return null;
    });
    if (server === null) skip('PostgreSQL does not start');
    else await goesOnWithoutItsDatabase(browser, await server.createDatabase());
  });
  it.each(looks)('is accessible and fits, page by page, %s', (_name, look) =>
    inWorld(browser, (world) => isAccessible(world, look)),
  );
});
