import { shortId } from '../ids.js';
import { Dialog } from '../parts/dialog.js';
import { FailureNote } from '../parts/failure-note.js';
import { Notice } from '../parts/notice.js';
import { overIn } from '../state/ended.js';
import {
  type EndingJob,
  endedCountOf,
  forgetJob,
  isUnderWay,
  leftOf,
  startJob,
  stopJob,
  unansweredCountOf,
} from '../state/jobs.js';
import { createStore } from '../state/store.js';
import { texts } from '../texts.js';

/** The job whose dialog is open. */
export const shownJob = createStore<string | null>(null);

const t = texts.end;

/** How an ending goes, and what came of it. */
export function JobDialog({ job }: { readonly job: EndingJob }) {
  const { id, plan, status, total } = job;
  const done = endedCountOf(job);
  const isRunning = isUnderWay(job);
  const close = () => {
    shownJob.set(null);
    if (!isRunning) forgetJob(id);
  };
  return (
    <Dialog title={isRunning ? t.job(plan.userName) : t.result(plan.userName)} onClose={close}>
      {isRunning ? (
        <div class="progress">
          {/* Each quarter is said, not each session. */}
          <p class="hidden" role="status">
            {done > 0 && total > 0 ? t.part(Math.floor((4 * Math.min(done, total)) / total) * 25) : ''}
          </p>
          <progress max={total} value={Math.min(done, total)} aria-label={t.job(plan.userName)} />
          <p>{t.running(Math.min(done, total), total)}</p>
          {status === 'waiting' && <Notice kind="warning" role="status" title={t.waiting} />}
          {total > 1 && <p class="second">{t.runningHint}</p>}
        </div>
      ) : (
        <Result job={job} />
      )}
      <div class="dialog-actions">
        {isRunning ? (
          <>
            <button type="button" class="button" onClick={() => stopJob(id)}>
              {t.stop}
            </button>
            <button type="button" class="button primary" data-autofocus onClick={close}>
              {t.leave}
            </button>
          </>
        ) : (
          <>
            <Again job={job} />
            <button type="button" class="button primary" data-autofocus onClick={close}>
              {texts.close}
            </button>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Result({ job }: { readonly job: EndingJob }) {
  const { result, status, failure, hasLostAnswer } = job;
  const unanswered = unansweredCountOf(job);
  const { ended, alreadyEndedIds, failures, refusals, warnings } = result;
  const isNothing =
    status === 'done' && !hasLostAnswer && overIn(result).size + failures.length + refusals.length === 0;
  return (
    <div role="status" class="result">
      {isNothing && <Notice kind="warning" title={t.nothingEnded} />}
      {ended.length > 0 && <Notice kind="ok" title={ended.length === 1 ? t.doneOne : t.done(ended.length)} />}
      {alreadyEndedIds.length > 0 && <Notice kind="info" title={t.already(alreadyEndedIds.length)} />}
      {unanswered > 0 && <Notice kind="info" title={t.unanswered(unanswered)} />}
      {status === 'failed' && hasLostAnswer && <Notice kind="warning" title={t.mayHaveEnded} />}
      {status === 'stopped' && <Notice kind="info" title={t.stopped} />}
      {failures.length > 0 && (
        <Notice kind="danger" title={t.failedTitle(failures.length)}>
          <ul class="failures">
            {failures.map(({ sessionId, message }) => (
              <li key={sessionId}>
                <code title={sessionId}>{shortId(sessionId)}</code> {message}
              </li>
            ))}
          </ul>
        </Notice>
      )}
      {refusals.map(({ message }) => (
        <Notice key={message} kind="danger" title={message} />
      ))}
      {failure !== null && <FailureNote failure={failure} />}
      {warnings
        .filter(({ code }) => t.warnings[code] !== undefined)
        .map(({ code }) => (
          <Notice key={code} kind="warning" title={t.warnings[code] ?? ''} />
        ))}
    </div>
  );
}

/** Goes on with what failed, or with what was not tried. */
function Again({ job }: { readonly job: EndingJob }) {
  const { id, plan, result, status } = job;
  const failed = result.failures.map(({ sessionId }) => sessionId);
  const again = (selection: typeof plan.selection, count: number) => {
    forgetJob(id);
    shownJob.set(startJob({ ...plan, selection }, count));
  };
  if (status === 'failed' || status === 'stopped') {
    const { selection, count } = leftOf(job);
    return (
      <button type="button" class="button" onClick={() => again(selection, count)}>
        {t.goOn}
      </button>
    );
  }
  if (failed.length === 0) return null;
  return (
    <button type="button" class="button" onClick={() => again({ kind: 'ids', sessionIds: failed }, failed.length)}>
      {t.retry(failed.length)}
    </button>
  );
}
