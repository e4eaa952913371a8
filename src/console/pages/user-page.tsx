import { ConsoleUser } from '../api/documents.js';
import { nameOf } from '../names.js';
import { Empty } from '../parts/empty.js';
import { FailureNote } from '../parts/failure-note.js';
import { useTitle } from '../parts/title.js';
import { useQuery } from '../state/query.js';
import { hrefOf, type UserTab, userTabs } from '../state/router.js';
import { texts } from '../texts.js';
import { HistoryTab } from './history-tab.js';
import { type Limit, useLimits } from './limits.js';
import { SessionsTab } from './sessions-tab.js';
import { SignInsTab } from './sign-ins-tab.js';
import { UserHead, type UserOfPage } from './user-head.js';

interface Props {
  readonly userId: string;
  readonly tab: UserTab;
}

export function UserPage({ userId, tab }: Props) {
  const { data, failure, isLoading, refetch } = useQuery(ConsoleUser, { id: userId });
  const user = data?.user ?? null;
  const { limits, refetch: refetchLimits } = useLimits(userId);
  useTitle(user === null ? texts.find.title : nameOf(user));
  if (user !== null) {
    return (
      <>
        <UserHead user={user} limits={limits} />
        <nav class="tabs" aria-label={texts.user.tabs.label}>
          {userTabs.map((name) => (
            <a key={name} href={hrefOf.user(userId, name)} aria-current={name === tab ? 'page' : undefined}>
              {texts.user.tabs[name]}
            </a>
          ))}
        </nav>
        <Tab
          tab={tab}
          user={user}
          limits={limits}
          onChange={() => {
            refetch();
            refetchLimits();
          }}
        />
      </>
    );
  }
  if (failure !== null && failure.code !== 'BAD_USER_INPUT') return <FailureNote failure={failure} onRetry={refetch} />;
  if (isLoading) return <p class="second">{texts.loading}</p>;
  return (
    <Empty isPage icon="people" title={texts.user.notFoundTitle} help={texts.user.notFoundHelp}>
      <a class="button" href={hrefOf.users()}>
        {texts.user.find}
      </a>
    </Empty>
  );
}

interface TabProps {
  readonly tab: UserTab;
  readonly user: UserOfPage;
  readonly limits: readonly Limit[];
  readonly onChange: () => void;
}

function Tab({ tab, user, limits, onChange }: TabProps) {
  switch (tab) {
    case 'sessions':
      return <SessionsTab user={user} limits={limits} onChange={onChange} />;
    case 'sign-ins':
      return <SignInsTab user={user} />;
    case 'history':
      return <HistoryTab user={user} />;
  }
}
