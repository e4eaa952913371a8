import { useEffect } from 'preact/hooks';
import { ConsoleViewer } from './api/documents.js';
import { callFor } from './api/endpoint.js';
import { Frame } from './frame.js';
import { ActivityPage } from './pages/activity-page.js';
import { FindPage } from './pages/find-page.js';
import { HistoryPage } from './pages/history-page.js';
import { NotFoundPage } from './pages/not-found-page.js';
import { SetUpPage } from './pages/set-up-page.js';
import { SignInPage } from './pages/sign-in-page.js';
import { UserPage } from './pages/user-page.js';
import { FailureNote } from './parts/failure-note.js';
import { forbidden, look, signedOut } from './state/connection.js';
import { useQuery } from './state/query.js';
import { type Route, useRoute } from './state/router.js';
import { useStore } from './state/store.js';
import { ViewerContext } from './state/viewer.js';
import { texts } from './texts.js';

const noVariables = {};

export function App() {
  const route = useRoute();
  const isSignedOut = useStore(signedOut);
  const { data, failure, refetch } = useQuery(ConsoleViewer, noVariables);
  useEffect(() => void look(), []);
  // Where they are refused themselves, asking again would go on without end.
  const isKnown = failure === null;
  useEffect(() => (isKnown ? forbidden.subscribe(refetch) : undefined), [isKnown, refetch]);

  if (isSignedOut) return <SignInPage wasSignedIn={data !== null} />;
  if (data === null) {
    return (
      <main class="lone">
        {failure === null ? <p class="second">{texts.loading}</p> : <FailureNote failure={failure} onRetry={refetch} />}
      </main>
    );
  }
  // Before any part of the page asks for something.
  callFor(data.viewer.userId);
  return (
    <ViewerContext.Provider value={data.viewer}>
      <Frame route={route}>
        <Page route={route} />
      </Frame>
    </ViewerContext.Provider>
  );
}

function Page({ route }: { readonly route: Route }) {
  switch (route.page) {
    case 'users':
      return <FindPage text={route.text} />;
    case 'user':
      return <UserPage key={route.userId} userId={route.userId} tab={route.tab} />;
    case 'activity':
      return <ActivityPage />;
    case 'history':
      return <HistoryPage filters={route.filters} />;
    case 'set-up':
      return <SetUpPage />;
    case 'unknown':
      return <NotFoundPage />;
  }
}
