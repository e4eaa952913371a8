import { Dialog } from '../parts/dialog.js';
import { shortcutsOn, switchShortcuts } from '../state/preferences.js';
import { useStore } from '../state/store.js';
import { texts } from '../texts.js';

export function ShortcutsDialog({ onClose }: { readonly onClose: () => void }) {
  const isOn = useStore(shortcutsOn);
  return (
    <Dialog title={texts.shortcuts.title} onClose={onClose}>
      <dl class="shortcuts">
        {texts.shortcuts.list.map(([keys, what]) => (
          <div key={what}>
            <dt>
              {keys.map((key) => (
                <kbd key={key}>{key}</kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
      <label class="check">
        <input
          type="checkbox"
          checked={isOn}
          onChange={({ currentTarget }) => switchShortcuts(currentTarget.checked)}
        />
        <span>
          {texts.shortcuts.on}
          <span class="second">{texts.shortcuts.onHint}</span>
        </span>
      </label>
      <div class="dialog-actions">
        <button type="button" class="button" data-autofocus onClick={onClose}>
          {texts.close}
        </button>
      </div>
    </Dialog>
  );
}
