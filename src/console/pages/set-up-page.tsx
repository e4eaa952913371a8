import { ConsoleSetUp } from '../api/documents.js';
import { Badge } from '../parts/badge.js';
import { FailureNote } from '../parts/failure-note.js';
import { useTitle } from '../parts/title.js';
import { When } from '../parts/when.js';
import { reach, warnings } from '../state/connection.js';
import { useQuery } from '../state/query.js';
import { useStore } from '../state/store.js';
import { may, useViewer } from '../state/viewer.js';
import { texts } from '../texts.js';
import { lifetime } from '../times.js';
import { SetUpFindings } from './set-up-findings.js';
import { PolicyInForce, ServiceState } from './set-up-state.js';

const t = texts.setUp;

export function SetUpPage() {
  const viewer = useViewer();
  useTitle(t.title);
  return (
    <>
      <div class="page-head">
        <h1>{t.title}</h1>
        <p class="lead">{t.lead}</p>
      </div>
      <div class="cards">
        <SetUpFindings />
        <Health />
        <Settings />
        <section class="card">
          <h2>{t.you}</h2>
          <dl class="facts">
            <div>
              <dt>{t.permissions}</dt>
              <dd class="tags">
                {viewer.permissions.length === 0 && t.noPermissions}
                {viewer.permissions.map((permission) => (
                  <code key={permission}>{permission}</code>
                ))}
              </dd>
            </div>
            <div>
              <dt>{t.tenants}</dt>
              <dd>{viewer.tenants.map(({ id, name }) => name ?? id).join(', ') || t.anyTenant}</dd>
            </div>
          </dl>
        </section>
      </div>
    </>
  );
}

function Health() {
  const value = useStore(reach);
  const codes = useStore(warnings);
  return (
    <section class="card">
      <h2>{t.health}</h2>
      <dl class="facts">
        <div>
          <dt>{t.fusionAuth}</dt>
          <dd>
            <Badge kind={value === 'all' ? 'ok' : 'danger'}>{t.reach[value]}</Badge>
          </dd>
        </div>
        <div>
          <dt>{t.warnings}</dt>
          <dd>
            {codes.length === 0
              ? t.noWarnings
              : codes.map((code) => (
                  <p key={code}>
                    <Badge kind="warning">{code}</Badge> {t.warningTexts[code]}
                  </p>
                ))}
          </dd>
        </div>
      </dl>
    </section>
  );
}

function Settings() {
  const viewer = useViewer();
  const mayReadPolicy = may(viewer, 'policy:read');
  const withState = may(viewer, 'setup:read');
  const { data, failure, refetch } = useQuery(ConsoleSetUp, { withPolicy: mayReadPolicy, withState });
  if (failure !== null && data === null) return <FailureNote failure={failure} onRetry={refetch} />;
  if (data === null) return <p class="second">{texts.loading}</p>;
  const policy = data.sessionPolicy ?? null;
  return (
    <>
      {data.serviceState != null && <ServiceState state={data.serviceState} />}
      <PolicyInForce policy={policy} />
      <section class="card">
        <h2>{t.revocations}</h2>
        <dl class="facts">
          <div>
            <dt>{t.completeSince}</dt>
            <dd>
              <When at={data.revocationsCompleteSince} />
              <p class="second">{t.completeHelp}</p>
            </dd>
          </div>
        </dl>
      </section>
      <section class="card">
        <h2>{t.lifetimes}</h2>
        {policy === null ? (
          <p class="second">{mayReadPolicy ? t.unknown : t.policyMissing}</p>
        ) : (
          <dl class="facts">
            <Lifetime label={t.idle} seconds={policy.idleLifetimeSeconds} none={t.noLimit} />
            <Lifetime label={t.absolute} seconds={policy.absoluteLifetimeSeconds} none={t.noLimit} />
            <Lifetime label={t.accessToken} seconds={policy.accessTokenLifetimeSeconds} none={t.unknown} />
          </dl>
        )}
      </section>
    </>
  );
}

function Lifetime({
  label,
  seconds,
  none,
}: {
  readonly label: string;
  readonly seconds: number | null;
  readonly none: string;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{seconds === null ? none : lifetime(seconds)}</dd>
    </div>
  );
}
