import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { SessionEndReason } from '../../operations/operations.js';
import { type ApiFailure, asFailure } from '../api/failure.js';
import { Dialog } from '../parts/dialog.js';
import { FailureNote } from '../parts/failure-note.js';
import { SelectField } from '../parts/field.js';
import { signedOut } from '../state/connection.js';
import { keepDraft, takeDraft } from '../state/draft.js';
import type { Ended } from '../state/ended.js';
import { dryRun, type EndingPlan, type Selection } from '../state/ending.js';
import { startJob } from '../state/jobs.js';
import { useNow } from '../state/now.js';
import type { Session } from '../state/session-list.js';
import { mayFor, useViewer } from '../state/viewer.js';
import { reasonsOfPeople, reasonTexts, texts } from '../texts.js';
import { shortTime } from '../times.js';
import { EndingList } from './ending-list.js';
import { shownJob } from './job-dialog.js';

interface Props {
  readonly userId: string;
  readonly userName: string;
  readonly selection: Selection;
  /** Those that the page knows, for their names. */
  readonly sessions: readonly Session[];
  readonly mayBulk: boolean;
  readonly onClose: () => void;
}

/** From this number on, somebody has to type it. */
const typedFrom = 11;
const maxCommentCharacters = 512;
const t = texts.end;

export function EndDialog({ userId, userName, selection, sessions, mayBulk, onClose }: Props) {
  const viewer = useViewer();
  const [draft] = useState(() => takeDraft(userId));
  const [reason, setReason] = useState<SessionEndReason>(draft?.reason ?? 'ADMIN_REQUEST');
  const [comment, setComment] = useState(draft?.comment ?? '');
  const [chosenSso, setChosenSso] = useState<boolean | null>(null);
  const [typed, setTyped] = useState('');
  const commentId = useId();
  const typedId = useId();
  const isAllSso = isSsoOnly(selection, sessions);
  // A browser that somebody else may sit at must not come back by itself.
  const includeSsoSessions = !isAllSso && (chosenSso ?? reason === 'SUSPECTED_COMPROMISE');
  const mayRevoke = mayFor(viewer, 'session:revoke', userId);
  const chosen = { userId, userName, selection, reason, comment, includeSsoSessions, mayBulk, mayRevoke };
  const plan: EndingPlan = { viewerId: viewer.userId, ...chosen };
  const latest = useRef(plan);
  latest.current = plan;
  // The page goes away with the sign-in of its person.
  useEffect(() => () => void (signedOut.get() && keepDraft(latest.current)), []);
  const { shown, failure, leavesSso, retry } = useDryRun(plan);
  const now = useNow();

  const total = shown === null ? countOf(selection) : totalOf(shown, selection);
  const mustType = total >= typedFrom;
  const mustComment = viewer.commentRequired && viewer.userId !== userId;
  const isReady =
    shown !== null &&
    total > 0 &&
    (!mustType || numberIn(typed) === `${total}`) &&
    (!mustComment || comment.trim() !== '');
  const until = shown === null ? null : lastTokenOf(shown);
  const own = sessions.find(({ isCurrent }) => isCurrent === true)?.id;
  const endsOwn = shown?.ended.some(({ sessionId }) => sessionId === own) === true;
  const confirm = () => {
    if (!isReady) return;
    shownJob.set(startJob(plan, total));
    onClose();
  };

  return (
    <Dialog title={t.title(total, userName)} onClose={onClose}>
      <form
        class="end-form"
        onSubmit={(event) => {
          event.preventDefault();
          confirm();
        }}
      >
        {failure !== null && <FailureNote failure={failure} onRetry={retry} />}
        {shown === null && failure === null && <p class="second ending-list">{t.looking}</p>}
        {shown !== null &&
          (total === 0 ? <p>{t.nothing}</p> : <EndingList ended={shown.ended} total={total} sessions={sessions} />)}
        <SelectField
          label={t.reason}
          value={reason}
          options={reasonsOfPeople.map((value) => ({ value, label: reasonTexts[value] }))}
          onChange={(value) => setReason(reasonsOfPeople.find((one) => one === value) ?? 'OTHER')}
        />
        <div class="field">
          <label for={commentId}>{mustComment ? t.commentRequired : t.comment}</label>
          <input
            id={commentId}
            type="text"
            value={comment}
            maxLength={maxCommentCharacters}
            required={mustComment}
            autocomplete="off"
            aria-describedby={`${commentId}-hint`}
            onInput={({ currentTarget }) => setComment(currentTarget.value)}
          />
          <span class="second" id={`${commentId}-hint`}>
            {t.commentHint}
          </span>
        </div>
        {!isAllSso && leavesSso && (
          <label class="check">
            <input
              type="checkbox"
              checked={includeSsoSessions}
              onChange={({ currentTarget }) => setChosenSso(currentTarget.checked)}
            />
            <span>
              {t.sso}
              <span class="second">{t.ssoHint}</span>
            </span>
          </label>
        )}
        <div class="consequences">
          <p>
            {t.noUndo} {until !== null && t.tokens(shortTime(until, now))}
          </p>
          {endsOwn && <p>{t.own}</p>}
        </div>
        {mustType && (
          <div class="field">
            <label for={typedId}>{t.typeLabel(total)}</label>
            <input
              id={typedId}
              type="text"
              inputMode="numeric"
              autocomplete="off"
              value={typed}
              onInput={({ currentTarget }) => setTyped(currentTarget.value)}
            />
          </div>
        )}
        <div class="dialog-actions">
          <button type="button" class="button" data-autofocus onClick={onClose}>
            {texts.cancel}
          </button>
          <button type="submit" class="button danger" disabled={!isReady}>
            {t.confirm(total)}
          </button>
        </div>
      </form>
    </Dialog>
  );
}

/** What the plan would end; asked anew where it would end other sessions. */
function useDryRun(plan: EndingPlan) {
  const [shown, setShown] = useState<Ended | null>(null);
  const [failure, setFailure] = useState<ApiFailure | null>(null);
  const [leavesSso, setLeavesSso] = useState(true);
  const [round, setRound] = useState(0);
  useEffect(() => {
    const leaving = new AbortController();
    setShown(null);
    setFailure(null);
    const show = (found: Ended) => {
      setShown(found);
      if (!plan.includeSsoSessions) setLeavesSso(mayLeaveSso(found));
    };
    dryRun({ ...plan, comment: '' }, leaving.signal).then(show, (error: unknown) => {
      if (leaving.signal.aborted) return;
      setFailure(asFailure(error));
    });
    return () => leaving.abort();
  }, [plan.includeSsoSessions, round]);
  return { shown, failure, leavesSso, retry: () => setRound((before) => before + 1) };
}

/** Whether SSO sessions stay, as far as is known. Of sessions that are over already, nobody has looked for them. */
function mayLeaveSso({ ended, warnings }: Ended): boolean {
  return (
    ended.length === 0 || warnings.some(({ code }) => code === 'SSO_SESSIONS_REMAIN' || code === 'LISTING_TRUNCATED')
  );
}

/** Also as the title writes it, and as keyboards of Arabic and Persian do. */
function numberIn(typed: string): string {
  return typed.replace(/[\s,.]/g, '').replace(/[٠-٩۰-۹]/g, (digit) => `${digit.charCodeAt(0) % 16}`);
}

function countOf(selection: Selection): number {
  return selection.kind === 'ids' ? selection.sessionIds.length : selection.count;
}

/** The dry run shows a part of many. */
function totalOf({ ended, more }: Ended, selection: Selection): number {
  return more ? Math.max(ended.length, countOf(selection)) : ended.length;
}

function lastTokenOf({ ended }: Ended): number | null {
  const instants = ended.flatMap(({ accessTokensExpireBy }) => accessTokensExpireBy ?? []).map((at) => Date.parse(at));
  return instants.length === 0 ? null : Math.max(...instants);
}

function isSsoOnly(selection: Selection, sessions: readonly Session[]): boolean {
  if (selection.kind === 'matching') return selection.filter.kinds?.every((kind) => kind === 'SSO') === true;
  const chosen = new Set(selection.sessionIds);
  return sessions.filter(({ id }) => chosen.has(id)).every(({ kind }) => kind === 'SSO');
}
