import { useEffect } from 'preact/hooks';
import { JobDialog, shownJob } from '../pages/job-dialog.js';
import { useAnnounced } from '../state/announcements.js';
import { type CutOff, cutOff, forget, lookForCutOff } from '../state/cut-off.js';
import { claimDraft } from '../state/draft.js';
import { type EndingJob, endedCountOf, forgetJob, isUnderWay, jobs } from '../state/jobs.js';
import { usePeople } from '../state/people.js';
import { hrefOf } from '../state/router.js';
import { useStore } from '../state/store.js';
import { useViewer } from '../state/viewer.js';
import { texts } from '../texts.js';

const t = texts.end;

/** Endings that go on while their person looks at other things, and the dialog of the one that is looked at. */
export function JobStrip() {
  const { userId } = useViewer();
  const all = useStore(jobs);
  const shownId = useStore(shownJob);
  const shown = all.find(({ id }) => id === shownId);
  const others = all.filter(({ id }) => id !== shownId);
  const left = useStore(cutOff);
  useEffect(() => {
    claimDraft(userId);
    void lookForCutOff(userId);
  }, [userId]);
  return (
    <>
      {others.length + left.length > 0 && (
        <section class="jobs" aria-label={t.jobs}>
          {left.map((ending) => (
            <CutOffStrip key={ending.id} ending={ending} />
          ))}
          {others.map((job) => (
            <Strip key={job.id} job={job} />
          ))}
        </section>
      )}
      {shown !== undefined && <JobDialog key={shown.id} job={shown} />}
    </>
  );
}

/** Says that an ending of another time has not come to its end, and where to see what was done. */
function CutOffStrip({ ending }: { readonly ending: CutOff }) {
  const { id, userId, total } = ending;
  const name = usePeople([userId]).get(userId)?.name ?? texts.unknownUser;
  const text = t.cutOff(total, name);
  useAnnounced(text);
  return (
    <div class="job">
      <span class="two-lines">
        <strong>{text}</strong>
        <span class="second">{t.cutOffHelp}</span>
      </span>
      <a class="button small" href={hrefOf.user(userId)}>
        {t.cutOffLeft}
      </a>
      <a class="button small" href={hrefOf.user(userId, 'history')}>
        {t.cutOffDone}
      </a>
      <button type="button" class="button small" onClick={() => forget(id)}>
        {t.dismiss}
      </button>
    </div>
  );
}

function Strip({ job }: { readonly job: EndingJob }) {
  const { id, plan, total } = job;
  const done = endedCountOf(job);
  const isRunning = isUnderWay(job);
  const outcome = outcomeOf(job);
  useAnnounced(isRunning ? null : `${t.result(plan.userName)}: ${outcome}`);
  return (
    <div class="job">
      <span class="two-lines">
        <strong>{isRunning ? t.job(plan.userName) : t.result(plan.userName)}</strong>
        <span class="second">{isRunning ? t.running(Math.min(done, total), total) : outcome}</span>
      </span>
      {isRunning && <progress max={total} value={Math.min(done, total)} aria-label={t.job(plan.userName)} />}
      <button type="button" class="button small" onClick={() => shownJob.set(id)}>
        {t.details}
      </button>
      {!isRunning && (
        <button type="button" class="button small" onClick={() => forgetJob(id)}>
          {t.dismiss}
        </button>
      )}
    </div>
  );
}

/** In one line: what ended, and whether that is all. */
function outcomeOf({ result, status }: EndingJob): string {
  const { ended, failures } = result;
  return [
    t.done(ended.length),
    ...(failures.length > 0 ? [t.failedShort(failures.length)] : []),
    ...(status === 'stopped' ? [t.stoppedShort] : status === 'failed' ? [t.brokenShort] : []),
  ].join(', ');
}
