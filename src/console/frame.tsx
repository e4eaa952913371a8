import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { addressOf } from './api/endpoint.js';
import { ShortcutsDialog } from './pages/shortcuts-dialog.js';
import { Icon } from './parts/icon.js';
import { JobStrip } from './parts/job-strip.js';
import { ReachBar } from './parts/reach-bar.js';
import { announcement, useAnnounced } from './state/announcements.js';
import { liveStatus, paused } from './state/live.js';
import { goTo, hrefOf, type Route } from './state/router.js';
import { holdsToken, soughtIn } from './state/search.js';
import { useShortcuts } from './state/shortcuts.js';
import { useStore } from './state/store.js';
import { may, useViewer } from './state/viewer.js';
import { texts } from './texts.js';
import { zoneName } from './times.js';

/** What stands around every page. */
export function Frame({ route, children }: { readonly route: Route; readonly children: ComponentChildren }) {
  const [showsShortcuts, setShowsShortcuts] = useState(false);
  useShortcuts({ onList: () => setShowsShortcuts(true) });
  useFocusOnNewPage(route);
  return (
    <div class="frame">
      <button type="button" class="skip" onClick={() => document.getElementById('main')?.focus()}>
        {texts.skip}
      </button>
      <header class="top">
        <div class="top-inner">
          <a class="brand" href={hrefOf.users()}>
            <Mark />
            <span>{texts.product}</span>
          </a>
          <Pages route={route} />
          {route.page !== 'users' && <HeaderSearch />}
          <LiveMark />
          <Account />
        </div>
      </header>
      <Announcement />
      <ReachBar />
      <JobStrip />
      <main id="main" tabIndex={-1}>
        {children}
      </main>
      <footer class="bottom">
        <span>{texts.zone(zoneName())}</span>
        <button type="button" class="link-button" onClick={() => setShowsShortcuts(true)}>
          <Icon name="keyboard" /> {texts.shortcuts.open}
        </button>
      </footer>
      {showsShortcuts && <ShortcutsDialog onClose={() => setShowsShortcuts(false)} />}
    </div>
  );
}

/** A new page is read from its heading on, as if it had been loaded. */
function useFocusOnNewPage(route: Route): void {
  const isFirst = useRef(true);
  const key = route.page === 'user' ? `user ${route.userId}` : route.page;
  // Before anybody sees the page, so that no key of theirs meets the old focus.
  useLayoutEffect(() => {
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    if (key !== 'users') document.getElementById('main')?.focus({ preventScroll: true });
    scrollTo(0, 0);
  }, [key]);
}

export function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" width="26" height="26" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M9 11.500h14M9 16h9M9 20.500h5" />
      <circle cx="21.500" cy="20" r="3" />
    </svg>
  );
}

function Pages({ route }: { readonly route: Route }) {
  const pages = [
    { href: hrefOf.users(), name: texts.nav.users, isCurrent: route.page === 'users' || route.page === 'user' },
    { href: hrefOf.activity(), name: texts.nav.activity, isCurrent: route.page === 'activity' },
    { href: hrefOf.history(), name: texts.nav.history, isCurrent: route.page === 'history' },
    { href: hrefOf.setUp(), name: texts.nav.setUp, isCurrent: route.page === 'set-up' },
  ];
  return (
    <nav class="pages" aria-label={texts.nav.label}>
      {pages.map(({ href, name, isCurrent }) => (
        <a key={href} href={href} aria-current={isCurrent ? 'page' : undefined}>
          {name}
        </a>
      ))}
    </nav>
  );
}

function HeaderSearch() {
  const search = (event: SubmitEvent) => {
    event.preventDefault();
    if (!(event.currentTarget instanceof HTMLFormElement)) return;
    const text = new FormData(event.currentTarget).get('q');
    if (typeof text === 'string') goTo(hrefOf.users(soughtIn(text)));
  };
  return (
    <search class="header-search">
      <form onSubmit={search}>
        <Icon name="search" />
        <input
          type="search"
          name="q"
          data-search
          aria-keyshortcuts="/"
          aria-label={texts.find.headerLabel}
          placeholder={texts.find.headerLabel}
          autocomplete="off"
          spellcheck={false}
          // The browser says so when it is sent.
          onInput={({ currentTarget }) => currentTarget.setCustomValidity(problemOf(currentTarget.value))}
        />
        <span aria-hidden="true">
          <kbd>/</kbd>
        </span>
      </form>
    </search>
  );
}

/** Of a token that names no session there is nothing to look up. */
function problemOf(text: string): string {
  return holdsToken(text) && soughtIn(text) === '' ? texts.find.token : '';
}

function Announcement() {
  return (
    <div class="hidden" role="status">
      {useStore(announcement)}
    </div>
  );
}

function LiveMark() {
  const connection = useStore(liveStatus);
  const isPaused = useStore(paused);
  const status = isPaused && connection === 'live' ? 'paused' : connection;
  const wasAway = useRef(false);
  // Each page connects anew, of which nobody needs to hear; that a connection was lost and is back, people do.
  const isOfNote = status === 'reconnecting' || (status === 'live' && wasAway.current);
  if (status === 'reconnecting') wasAway.current = true;
  else if (status === 'live') wasAway.current = false;
  useAnnounced(isOfNote ? texts.live[status] : null);
  return (
    <span class="live">
      {status !== null && (
        <span class={`live-mark ${status}`} title={texts.live.hint[status]}>
          {texts.live[status]}
        </span>
      )}
    </span>
  );
}

function Account() {
  const viewer = useViewer();
  const role = may(viewer, 'session:revoke')
    ? texts.account.mayEnd
    : may(viewer, 'session:read')
      ? texts.account.readOnly
      : texts.account.own;
  return (
    <section class="account" aria-label={texts.account.label}>
      <span class="two-lines">
        <span class="account-name">{viewer.displayName}</span>
        <span class="second">{role}</span>
      </span>
      <form method="post" action={addressOf('console/logout').href}>
        <button type="submit" class="button small">
          {texts.account.signOut}
        </button>
      </form>
    </section>
  );
}
