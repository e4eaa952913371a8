import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConsoleSearchQuery } from '../../operations/operations.js';
import { ConsoleById, ConsoleSearch } from '../api/documents.js';
import { isId } from '../ids.js';
import { plain } from '../names.js';
import { Empty } from '../parts/empty.js';
import { FailureNote } from '../parts/failure-note.js';
import { Icon } from '../parts/icon.js';
import { Notice } from '../parts/notice.js';
import { useTitle } from '../parts/title.js';
import { useAnnounced } from '../state/announcements.js';
import { useQuery } from '../state/query.js';
import { goTo, hrefOf, replaceWith } from '../state/router.js';
import { holdsToken, isSearchable, soughtIn } from '../state/search.js';
import { may, useViewer } from '../state/viewer.js';
import { counted, texts } from '../texts.js';
import { FoundById, hrefOfFound } from './found-by-id.js';
import { FoundUsers } from './found-users.js';

const typingMs = 300;
const pageSize = 10;
const maxResults = 100;
/** More is counted no further. */
const maxCounted = 10_000;

const t = texts.find;

export function FindPage({ text }: { readonly text: string }) {
  const viewer = useViewer();
  const [typed, setTyped] = useState(text);
  const [size, setSize] = useState(pageSize);
  const [wantsOnly, setWantsOnly] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const sought = soughtIn(typed);
  useTitle(t.title);
  useEffect(() => field.current?.focus(), []);
  // Also where somebody goes back, or follows a link.
  useEffect(() => {
    setTyped((before) => (soughtIn(before) === text && !holdsToken(before) ? before : text));
    setSize(pageSize);
  }, [text]);
  useEffect(() => {
    if (sought === text) return;
    const timer = setTimeout(() => replaceWith(hrefOf.users(sought)), typingMs);
    return () => clearTimeout(timer);
  }, [sought, text]);

  const searches = isSearchable(text) && may(viewer, 'session:read');
  const users = useQuery(ConsoleSearch, searches ? { text, first: size } : null);
  const byId = useQuery(ConsoleById, isId(text) ? { id: text.toLowerCase() } : null);
  const isSettled = sought === text && !users.isLoading && !byId.isLoading;

  // Of an id, what another id has led to says nothing.
  const dataById = isId(text) && !byId.isLoading ? byId.data : null;
  // Enter opens the only hit, also when the answer is still on its way.
  const foundById = dataById === null ? null : hrefOfFound(dataById);
  const [onlyUser, ...others] = searches ? (users.data?.searchUsers.nodes ?? []) : [];
  const only = foundById ?? (onlyUser !== undefined && others.length === 0 ? hrefOf.user(onlyUser.id) : null);
  useEffect(() => {
    if (!wantsOnly || !isSettled) return;
    setWantsOnly(false);
    if (only !== null) goTo(only);
  }, [wantsOnly, isSettled, only]);

  const onSubmit = (event: Event) => {
    event.preventDefault();
    replaceWith(hrefOf.users(sought));
    setWantsOnly(true);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'ArrowDown') return;
    const first = document.querySelector<HTMLElement>('[data-row]');
    if (first === null) return;
    event.preventDefault();
    first.focus();
  };

  const found = searches ? users.data?.searchUsers : undefined;
  const isTooMuch = searches && users.failure?.code === 'BAD_USER_INPUT';
  const hintNow = (): string => {
    if (typed.trim() === '') return t.hint;
    if (sought === '') return t.token;
    if (!isSearchable(sought)) return t.tooShort;
    if (!isSettled) return texts.loading;
    return isTooMuch ? t.tooMuch : resultOf(found, foundById);
  };
  const hint = hintNow();
  useAnnounced(isSettled && typed.trim() !== '' ? hint : null);
  const isNothing = isSettled && found?.totalCount === 0 && foundById === null;
  return (
    <>
      <div class="page-head">
        <h1>{t.title}</h1>
      </div>
      <search>
        <form class="find" onSubmit={onSubmit}>
          <Icon name="search" size={20} />
          <input
            ref={field}
            type="search"
            data-search
            aria-keyshortcuts="/"
            aria-label={t.label}
            aria-describedby="find-hint"
            placeholder={t.placeholder}
            value={typed}
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            onKeyDown={onKeyDown}
          />
        </form>
      </search>
      <p class="second find-hint" id="find-hint">
        {hint}
      </p>
      {!may(viewer, 'session:read') && (
        <Notice kind="info" title={t.noPermission}>
          {viewer.userId !== null && <a href={hrefOf.user(viewer.userId)}>{t.own}</a>}
        </Notice>
      )}
      {users.failure !== null && searches && !isTooMuch && (
        <FailureNote failure={users.failure} onRetry={users.refetch} />
      )}
      {byId.failure !== null && isId(text) && users.failure === null && (
        <FailureNote failure={byId.failure} onRetry={byId.refetch} />
      )}
      {dataById !== null && <FoundById found={dataById} />}
      {found !== undefined && found.totalCount > 0 && (
        <FoundUsers
          users={found.nodes}
          onMore={
            found.pageInfo.hasNextPage && size < maxResults ? () => setSize(Math.min(size * 2, maxResults)) : null
          }
          rest={counted(found.totalCount - found.nodes.length, 'more', 'more')}
        />
      )}
      {isNothing && <Empty icon="search" title={t.noneTitle(plain(text) ?? text)} help={t.noneHelp} />}
      {typed.trim() === '' && may(viewer, 'session:read') && <Empty icon="people" title={t.empty} help={t.emptyHelp} />}
    </>
  );
}

/** How many were found, in words. */
function resultOf(found: ConsoleSearchQuery['searchUsers'] | undefined, foundById: string | null): string {
  if (found === undefined) return '';
  if (found.totalCount >= maxCounted) return t.resultsMany;
  return found.totalCount === 0 && foundById !== null ? t.sessionOnly : t.results(found.totalCount);
}
