import { useState } from 'preact/hooks';
import { ConsoleSignIns } from '../api/documents.js';
import { nameOf } from '../names.js';
import { ColumnHeads } from '../parts/column-heads.js';
import { Empty } from '../parts/empty.js';
import { FailureNote } from '../parts/failure-note.js';
import { When } from '../parts/when.js';
import { useQuery } from '../state/query.js';
import { texts } from '../texts.js';
import type { UserOfPage } from './user-head.js';

const pageSize = 25;
const maxSignIns = 100;
const t = texts.signIns;

export function SignInsTab({ user }: { readonly user: UserOfPage }) {
  const [first, setFirst] = useState(pageSize);
  const { data, failure, refetch } = useQuery(ConsoleSignIns, { userId: user.id, first });
  if (failure !== null) return <FailureNote failure={failure} onRetry={refetch} />;
  if (data === null) return <p class="second">{texts.loading}</p>;
  const signIns = data.recentSignIns;
  if (signIns === null) return <Empty icon="info" title={t.unavailableTitle} help={t.unavailableHelp} />;
  if (signIns.length === 0) return <Empty icon="clock" title={t.emptyTitle} help={t.emptyHelp} />;
  return (
    <>
      <div class="table-box">
        <table class="stacking">
          <caption class="hidden">{t.caption(nameOf(user))}</caption>
          <ColumnHeads columns={t.columns} />
          <tbody>
            {signIns.map((signIn, index) => (
              <tr key={`${signIn.signedInAt} ${index}`} data-row tabIndex={-1}>
                <th scope="row">
                  <When at={signIn.signedInAt} />
                </th>
                <td data-label={t.columns.application}>
                  {signIn.application?.name ?? signIn.applicationId ?? t.noApplication}
                </td>
                <td data-label={t.columns.address} class="mono">
                  {signIn.ipAddress ?? texts.none}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {signIns.length === first && first < maxSignIns && (
        <div class="table-foot">
          <button type="button" class="button" onClick={() => setFirst(maxSignIns)}>
            {t.more}
          </button>
        </div>
      )}
    </>
  );
}
