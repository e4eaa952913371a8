import type { ConsoleSetUpFindingsQuery } from '../../operations/operations.js';
import { ConsoleSetUpFindings } from '../api/documents.js';
import { Badge, type BadgeKind } from '../parts/badge.js';
import { BusyButton } from '../parts/busy-button.js';
import { FailureNote } from '../parts/failure-note.js';
import { When } from '../parts/when.js';
import { useQuery } from '../state/query.js';
import { may, useViewer } from '../state/viewer.js';
import { texts } from '../texts.js';

const t = texts.setUp.findings;

type Finding = ConsoleSetUpFindingsQuery['setUpReport']['findings'][number];

const kinds: Readonly<Record<Finding['state'], BadgeKind>> = {
  PROBLEM: 'danger',
  WARNING: 'warning',
  NOT_CHECKED: 'neutral',
  OK: 'ok',
};

/** The worst first; of the same state in the order in which they come. */
const order: readonly Finding['state'][] = ['PROBLEM', 'WARNING', 'NOT_CHECKED'];

/** What is wrong with the set-up, and what to do. */
export function SetUpFindings() {
  const isPermitted = may(useViewer(), 'setup:read');
  const { data, failure, isLoading, refetch } = useQuery(ConsoleSetUpFindings, isPermitted ? {} : null);
  if (!isPermitted) {
    return (
      <section class="card whole-line">
        <h2>{t.title}</h2>
        <p class="second">{t.noPermission}</p>
      </section>
    );
  }
  if (failure !== null && data === null) {
    return (
      <div class="whole-line">
        <FailureNote failure={failure} onRetry={refetch} />
      </div>
    );
  }
  return (
    <section class="card whole-line" aria-busy={isLoading}>
      <h2>{t.title}</h2>
      {data === null ? (
        <p class="second">{t.looking}</p>
      ) : (
        <Report report={data.setUpReport} isLoading={isLoading} onRefetch={refetch} />
      )}
    </section>
  );
}

function Report({
  report: { checkedAt, findings },
  isLoading,
  onRefetch,
}: {
  readonly report: ConsoleSetUpFindingsQuery['setUpReport'];
  readonly isLoading: boolean;
  readonly onRefetch: () => void;
}) {
  const right = findings.filter(({ state }) => state === 'OK');
  const others = order.flatMap((state) => findings.filter((one) => one.state === state));
  const count = (state: Finding['state']) => findings.filter((one) => one.state === state).length;
  return (
    <>
      <div class="findings-head">
        <p role="status">
          {isLoading ? t.looking : t.summary(count('PROBLEM'), count('WARNING'), count('NOT_CHECKED'))}
        </p>
        <p class="second">
          {t.checkedAt} <When at={checkedAt} style="exact" />
        </p>
        <BusyButton isBusy={isLoading} onClick={onRefetch}>
          {t.again}
        </BusyButton>
      </div>
      <Findings findings={others} />
      <details class="findings-right">
        <summary>{t.right(right.length)}</summary>
        <Findings findings={right} />
      </details>
    </>
  );
}

function Findings({ findings }: { readonly findings: readonly Finding[] }) {
  if (findings.length === 0) return null;
  return (
    <ul class="findings">
      {findings.map(({ check, state, message }, index) => (
        // A check may say the same of several things.
        <li key={`${index} ${check} ${message}`}>
          <Badge kind={kinds[state]}>{t.states[state]}</Badge>
          <code>{check}</code>
          <p>{message}</p>
        </li>
      ))}
    </ul>
  );
}
