import type { ConsoleUserQuery } from '../../operations/operations.js';
import { nameOf, otherNamesOf } from '../names.js';
import { Badge } from '../parts/badge.js';
import { CopyText } from '../parts/copy-text.js';
import { StatusWord } from '../parts/status-word.js';
import { When } from '../parts/when.js';
import { useViewer } from '../state/viewer.js';
import { texts } from '../texts.js';
import { type Limit, LimitFacts } from './limits.js';

export type UserOfPage = NonNullable<ConsoleUserQuery['user']>;

const t = texts.user;

interface Props {
  readonly user: UserOfPage;
  readonly limits: readonly Limit[];
}

export function UserHead({ user, limits }: Props) {
  const viewer = useViewer();
  const name = nameOf(user);
  const { sessionCount, applicationSessions, registrations, lastLoginAt, tenant } = user;
  const applications = new Set(applicationSessions.nodes.map(({ applicationId }) => applicationId)).size;
  const isWhole = applicationSessions.nodes.length === applicationSessions.totalCount;
  return (
    <div class="card user-head">
      <div class="user-title">
        <span class="avatar" aria-hidden="true">
          {initialsOf(name)}
        </span>
        <div class="user-name">
          <h1>
            {name} {viewer.userId === user.id && <Badge kind="accent">{texts.sessions.badges.current}</Badge>}
          </h1>
          <p class="user-line">
            {otherNamesOf(user).map((other) => (
              <span key={other}>{other}</span>
            ))}
            <StatusWord isActive={user.active} />
            {user.email !== null && user.verified !== null && (
              <span class="second">{user.verified ? t.verified : t.unverified}</span>
            )}
          </p>
        </div>
        <p class="summary">
          {sessionCount === 0 ? t.noSessions : t.summary(sessionCount, isWhole ? applications : null)}
        </p>
      </div>
      <dl class="facts across">
        <div>
          <dt>{t.id}</dt>
          <dd>
            <CopyText text={user.id} what={t.id} />
          </dd>
        </div>
        <div>
          <dt>{t.tenant}</dt>
          <dd>{tenant?.name ?? texts.none}</dd>
        </div>
        <div>
          <dt>{t.registrations}</dt>
          <dd>
            {registrations.length === 0
              ? t.noRegistrations
              : registrations.map(({ application, applicationId }) => application?.name ?? applicationId).join(', ')}
          </dd>
        </div>
        <div>
          <dt>{t.lastSignIn}</dt>
          <dd>{lastLoginAt === null ? texts.find.never : <When at={lastLoginAt} />}</dd>
        </div>
        {limits.length > 0 && (
          <div class="whole-line">
            <dt>{t.limits}</dt>
            <dd>
              <LimitFacts limits={limits} />
            </dd>
          </div>
        )}
      </dl>
    </div>
  );
}

function initialsOf(name: string): string {
  const words = name.split(/[\s@._-]+/).filter((word) => word !== '');
  return words
    .slice(0, 2)
    .map((word) => [...word][0]?.toUpperCase() ?? '')
    .join('');
}
