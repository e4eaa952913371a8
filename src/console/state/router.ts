import { createStore, useStore } from './store.js';

/**
 * Where the console is. It stands behind the `#`, so that the service has one page to serve and filters can be sent
 * to a colleague all the same.
 */
export type Route =
  | { readonly page: 'users'; readonly text: string }
  | { readonly page: 'user'; readonly userId: string; readonly tab: UserTab }
  | { readonly page: 'activity' }
  | { readonly page: 'history'; readonly filters: URLSearchParams }
  | { readonly page: 'set-up' }
  | { readonly page: 'unknown' };

export const userTabs = ['sessions', 'sign-ins', 'history'] as const;
export type UserTab = (typeof userTabs)[number];

export const hrefOf = {
  users: (text = '') => (text === '' ? '#/users' : `#/users?q=${encodeURIComponent(text)}`),
  user: (userId: string, tab: UserTab = 'sessions') =>
    `#/users/${encodeURIComponent(userId)}${tab === 'sessions' ? '' : `/${tab}`}`,
  activity: () => '#/activity',
  history: (filters?: URLSearchParams) =>
    filters === undefined || filters.size === 0 ? '#/history' : `#/history?${filters}`,
  setUp: () => '#/set-up',
};

function routeOf(hash: string): Route {
  const [path = '', query = ''] = hash.replace(/^#\/?/, '').split('?', 2);
  const [page = '', id, tab = 'sessions', ...rest] = path.split('/').map(decoded);
  const parameters = new URLSearchParams(query);
  if (page === 'users' && id !== undefined && id !== '' && rest.length === 0) {
    const known = userTabs.find((name) => name === tab);
    return known === undefined ? { page: 'unknown' } : { page: 'user', userId: id, tab: known };
  }
  if (id !== undefined && id !== '') return { page: 'unknown' };
  switch (page) {
    case '':
    case 'users':
      return { page: 'users', text: parameters.get('q') ?? '' };
    case 'activity':
      return { page: 'activity' };
    case 'history':
      return { page: 'history', filters: parameters };
    case 'set-up':
      return { page: 'set-up' };
    default:
      return { page: 'unknown' };
  }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const hash = createStore(location.hash);
addEventListener('hashchange', () => hash.set(location.hash));

export function useRoute(): Route {
  return routeOf(useStore(hash));
}

/** Goes to a page, as a link does. */
export function goTo(href: string): void {
  location.hash = href;
}

/** Changes what stands behind the `#` without another entry in the browser's history. */
export function replaceWith(href: string): void {
  history.replaceState(null, '', href);
  hash.set(location.hash);
}
