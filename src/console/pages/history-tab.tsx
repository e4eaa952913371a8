import { Empty } from '../parts/empty.js';
import { may, useViewer } from '../state/viewer.js';
import { texts } from '../texts.js';
import { HistoryList } from './history-list.js';
import type { UserOfPage } from './user-head.js';

export function HistoryTab({ user }: { readonly user: UserOfPage }) {
  const viewer = useViewer();
  if (!may(viewer, 'audit:read')) return <Empty icon="info" title={texts.history.noPermission} />;
  return <HistoryList filter={{ userId: user.id }} isFiltered={false} />;
}
