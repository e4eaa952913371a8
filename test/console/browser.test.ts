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
  bearsOddInput,
  endsDaysAtMidnight,
  goesByTheTimeOfTheService,
  namesFiltersThatItIgnores,
  offersToEndSsoWhereItStays,
  selectsNothingUnseen,
} from './acceptance/odd-input.js';
import { showsTextsAsTexts } from './acceptance/odd-texts.js';
import { printsWhatWasFound } from './acceptance/print.js';
import { hasTargetsOfSize, helpsAlike, isReadAsMeant, neverHidesTheFocus } from './acceptance/screen-reader.js';
import { callsUsersByTheirNumber, keepsTokensToItself, opensNobodyElse } from './acceptance/searching.js';
import { saysWhatIsToBeMended, showsHowTheServiceDoes } from './acceptance/set-up.js';
import { endsTheRightSession, findsWhoEndedASession, toldThatItIsOver } from './acceptance/support-desk.js';
import { countsRightlyBesideATranslator } from './acceptance/translation.js';
import { browserOfMachine, describeConsole } from './support/scenarios.js';

describeConsole('the console', await browserOfMachine(), ({ scenario }) => {
  scenario('ends the right session of a user who is known by their e-mail address', endsTheRightSession);
  scenario('shows who ended which session, in links and in a file', findsWhoEndedASession, {
    env: { REQUIRE_COMMENT: 'true' },
  });
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
  scenario('sends on no token that was pasted, and finds its session', keepsTokensToItself);
  scenario('calls users by their phone number who have no other name', callsUsersByTheirNumber);
  scenario('opens nobody who was found by another search', opensNobodyElse);
  scenario('offers to end the single sign-on session where it would stay', offersToEndSsoWhereItStays);
  scenario('bears what nobody can be called, and days that never come', bearsOddInput);
  scenario('ends each day at midnight, also one that begins at one', endsDaysAtMidnight);
  scenario('selects nothing that a filter has taken away', selectsNothingUnseen);
  scenario('names what of an address it cannot filter by', namesFiltersThatItIgnores);
  scenario('goes by the time of the service, whatever the clock of the browser says', goesByTheTimeOfTheService);
  scenario('says what is wrong with the set-up, to whoever may know', saysWhatIsToBeMended);
  scenario('shows how the service does, who follows it, and what FusionAuth sends', showsHowTheServiceDoes, {
    env: { WEBHOOK_SIGNATURE: 'jwks' },
  });
  scenario('counts rightly in a browser that translates pages', countsRightlyBesideATranslator);
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
  scenario('shows what happens to everybody, and keeps it back while that is paused', showsWhatHappens, {
    env: { WEBHOOK_SIGNATURE: 'jwks' },
  });
  scenario('shows new sessions as they begin, without moving what somebody works with', showsNewSessions, {
    env: { WEBHOOK_SIGNATURE: 'jwks' },
  });
  for (const [name, look] of looks) {
    scenario(`is accessible and fits, page by page, ${name}`, (world) => isAccessible(world, look));
  }
});
