import type { ConsoleSetUpQuery } from '../../operations/operations.js';
import { Badge } from '../parts/badge.js';
import { When } from '../parts/when.js';
import { counted, texts } from '../texts.js';
import { exactDuration } from '../times.js';

type State = NonNullable<ConsoleSetUpQuery['serviceState']>;
type Policy = NonNullable<ConsoleSetUpQuery['sessionPolicy']>;

const t = texts.setUp;

/** What the replica that answers knows of its replicas, of FusionAuth's events and of who follows events. */
export function ServiceState({ state }: { readonly state: State }) {
  return (
    <>
      <section class="card">
        <h2>{t.state.webhook}</h2>
        {state.webhook === null ? (
          <p>
            <Badge kind="warning">{t.state.off}</Badge> {t.state.noWebhook}
          </p>
        ) : (
          <Webhook webhook={state.webhook} startedAt={state.startedAt} />
        )}
      </section>
      <section class="card">
        <h2>{t.state.feed}</h2>
        <dl class="facts">
          <div>
            <dt>{t.state.replicas}</dt>
            <dd>{state.replicas ?? t.state.replicasUnknown}</dd>
          </div>
          <div>
            <dt>{t.state.lag}</dt>
            <dd>{exactDuration(state.feedLagMs)}</dd>
          </div>
          <div>
            <dt>{t.state.guards}</dt>
            <dd>
              {state.followers.length === 0
                ? t.state.noGuards
                : state.followers.map(({ name, streams }) => (
                    <p key={name}>
                      {name} <span class="second">{counted(streams, t.state.stream)}</span>
                    </p>
                  ))}
              <p class="second">{t.state.ofReplica}</p>
            </dd>
          </div>
          <div>
            <dt>{t.state.people}</dt>
            <dd>{state.userStreams}</dd>
          </div>
        </dl>
      </section>
    </>
  );
}

function Webhook({
  webhook,
  startedAt,
}: Pick<State, 'startedAt'> & { readonly webhook: NonNullable<State['webhook']> }) {
  const { taken, lastTakenAt, refused, lastRefusedAt } = webhook;
  return (
    <dl class="facts">
      <div>
        <dt>{t.state.lastEvent}</dt>
        <dd>
          {lastTakenAt === null ? t.state.noEvent : <When at={lastTakenAt} />}
          {lastTakenAt === null && <p class="second">{t.state.noEventHelp}</p>}
        </dd>
      </div>
      <div>
        <dt>{t.state.taken}</dt>
        <dd>{taken}</dd>
      </div>
      <div>
        <dt>{t.state.refused}</dt>
        <dd>
          {refused > 0 ? <Badge kind="warning">{`${refused}`}</Badge> : refused}
          {lastRefusedAt !== null && (
            <p class="second">
              {t.state.refusedHelp} <When at={lastRefusedAt} style="short" />
            </p>
          )}
        </dd>
      </div>
      <div>
        <dt>{t.state.since}</dt>
        <dd>
          <When at={startedAt} />
        </dd>
      </div>
    </dl>
  );
}

/** Which limits are configured, and whether they end sessions. */
export function PolicyInForce({ policy }: { readonly policy: Pick<Policy, 'version' | 'mode'> | null }) {
  return (
    <section class="card">
      <h2>{t.policy.title}</h2>
      {policy === null || policy.mode === null ? (
        <p class="second">{policy === null ? t.policy.noPermission : t.policy.none}</p>
      ) : (
        <dl class="facts">
          <div>
            <dt>{t.policy.mode}</dt>
            <dd>
              <Badge kind={policy.mode === 'ENFORCE' ? 'ok' : 'warning'}>{t.policy.modes[policy.mode]}</Badge>
              <p class="second">{t.policy.modeHelp[policy.mode]}</p>
            </dd>
          </div>
          <div>
            <dt>{t.policy.version}</dt>
            <dd>
              <code>{policy.version}</code>
            </dd>
          </div>
        </dl>
      )}
    </section>
  );
}
