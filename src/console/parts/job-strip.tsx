import { JobDialog, shownJob } from '../pages/job-dialog.js';
import { useAnnounced } from '../state/announcements.js';
import { type EndingJob, endedCountOf, forgetJob, jobs } from '../state/jobs.js';
import { useStore } from '../state/store.js';
import { texts } from '../texts.js';

const t = texts.end;

/** Endings that go on while their person looks at other things, and the dialog of the one that is looked at. */
export function JobStrip() {
  const all = useStore(jobs);
  const shownId = useStore(shownJob);
  const shown = all.find(({ id }) => id === shownId);
  const others = all.filter(({ id }) => id !== shownId);
  return (
    <>
      {others.length > 0 && (
        <section class="jobs" aria-label={t.jobs}>
          {others.map((job) => (
            <Strip key={job.id} job={job} />
          ))}
        </section>
      )}
      {shown !== undefined && <JobDialog key={shown.id} job={shown} />}
    </>
  );
}

function Strip({ job }: { readonly job: EndingJob }) {
  const { id, plan, total, status, result } = job;
  const done = endedCountOf(job);
  const isRunning = status === 'running';
  useAnnounced(isRunning ? null : `${t.result(plan.userName)}: ${t.done(result.ended.length)}`);
  return (
    <div class="job">
      <span class="two-lines">
        <strong>{isRunning ? t.job(plan.userName) : t.result(plan.userName)}</strong>
        <span class="second">{isRunning ? t.running(Math.min(done, total), total) : t.done(result.ended.length)}</span>
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
