import { useAnnounced } from '../state/announcements.js';
import { texts } from '../texts.js';

interface Props {
  readonly shown: number;
  readonly total: number;
  readonly selected: number;
  readonly arrived: number;
  readonly mayBulk: boolean;
  readonly onArrived: () => void;
  readonly onClear: () => void;
  readonly onEndSelected: () => void;
  readonly onEndAll: () => void;
}

const t = texts.sessions;

/** Above the table: how many there are, and what can be done to several. */
export function SessionToolbar(props: Props) {
  const { shown, total, selected, arrived, mayBulk } = props;
  const count = selected > 0 ? t.selected(selected) : t.shown(shown, total);
  useAnnounced(count);
  return (
    <div class="toolbar">
      <p class="toolbar-count">{count}</p>
      {arrived > 0 && (
        <button type="button" class="button small accent" onClick={props.onArrived}>
          {t.arrived(arrived)}
        </button>
      )}
      <span class="spring" />
      {selected > 0 && (
        <>
          <button type="button" class="button small" onClick={props.onClear}>
            {t.clear}
          </button>
          <button type="button" class="button small danger" data-key="e-selected" onClick={props.onEndSelected}>
            {t.endSelected(selected)}
          </button>
        </>
      )}
      {selected === 0 && mayBulk && total > 1 && (
        <button type="button" class="button small danger-outline" onClick={props.onEndAll}>
          {t.endAll(total)}
        </button>
      )}
    </div>
  );
}
