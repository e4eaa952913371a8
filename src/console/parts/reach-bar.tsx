import { databaseAway, outdated, type Reach, reach, warnings } from '../state/connection.js';
import { useStore } from '../state/store.js';
import { texts } from '../texts.js';
import { Notice } from './notice.js';

const reachTitles: Readonly<Record<Exclude<Reach, 'all'>, string>> = {
  'no-fusionauth': texts.reach.noFusionAuth,
  'not-ready': texts.reach.notReady,
  'no-service': texts.reach.noService,
};

/** What of the service cannot be reached, above every page. */
export function ReachBar() {
  const value = useStore(reach);
  const isOutdated = useStore(outdated);
  const isDatabaseAway = useStore(warnings).includes(databaseAway);
  return (
    <div class="reach" role="status">
      {value !== 'all' && <Notice kind="warning" title={reachTitles[value]} />}
      {isOutdated && (
        <Notice kind="warning" title={texts.reach.outdated}>
          <button type="button" class="button" onClick={() => location.reload()}>
            {texts.reach.reload}
          </button>
        </Notice>
      )}
      {value === 'all' && isDatabaseAway && <Notice kind="warning" title={texts.reach.noDatabase} />}
    </div>
  );
}
