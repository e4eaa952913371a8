import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { ConsoleSearch } from '../api/documents.js';
import { isId, shortId } from '../ids.js';
import { nameOf, otherNamesOf, plain } from '../names.js';
import { useAnnounced } from '../state/announcements.js';
import { usePeople } from '../state/people.js';
import { useQuery } from '../state/query.js';
import { isSearchable, soughtIn } from '../state/search.js';
import { texts } from '../texts.js';
import { Icon } from './icon.js';

interface Props {
  readonly label: string;
  /** The id of a user, or the name of something else; empty for anybody. */
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** What to call something that is no user and has the name that was typed. Left out where only users are meant. */
  readonly other?: (name: string) => string;
}

const typingMs = 300;
const maxHits = 5;
const t = texts.person;

/** Chooses a user by e-mail, name or id: those that match are buttons below the field, and Enter takes the only one. */
export function PersonField({ label, value, onChange, other }: Props) {
  const id = useId();
  const box = useRef<HTMLDivElement>(null);
  const [typed, setTyped] = useState('');
  const [text, setText] = useState('');
  const sought = soughtIn(typed);
  useEffect(() => {
    const timer = setTimeout(() => setText(sought), typingMs);
    return () => clearTimeout(timer);
  }, [sought]);
  const searches = isSearchable(text);
  const { data, failure, isLoading } = useQuery(ConsoleSearch, searches ? { text, first: maxHits } : null);
  const found = searches ? data?.searchUsers : undefined;
  const hits = found?.nodes ?? [];
  const isSettled = sought === text && !isLoading;
  const people = usePeople([isId(value) ? value : null]);
  const moved = useRef(false);
  // The field and the name stand in for each other, and so does the focus.
  useEffect(() => {
    if (moved.current) box.current?.querySelector<HTMLElement>('button, input')?.focus();
    moved.current = false;
  }, [value]);
  const choose = (chosen: string) => {
    moved.current = true;
    setTyped('');
    setText('');
    onChange(chosen);
  };
  const result = failure !== null ? t.failed : isSettled ? t.found(found?.totalCount ?? 0) : texts.loading;
  useAnnounced(searches && isSettled ? result : null);

  if (value !== '') {
    const shown = plain(value) ?? value;
    const name = isId(value) ? (people.get(value)?.name ?? shortId(value)) : (other?.(shown) ?? shown);
    return (
      <div class="field" ref={box}>
        <span class="label">{label}</span>
        <button type="button" class="chosen" aria-label={t.clear(label, name)} onClick={() => choose('')}>
          <span>{name}</span>
          <Icon name="cross" />
        </button>
      </div>
    );
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // The key is for the characters that are being composed.
    if (event.isComposing) return;
    const first = box.current?.querySelector<HTMLElement>('ul button');
    if (event.key === 'Escape') setTyped('');
    if (event.key === 'ArrowDown') first?.focus();
    if (event.key === 'Enter') {
      const [only, ...more] = hits;
      if (isSettled && only !== undefined && more.length === 0) choose(only.id);
      else first?.focus();
    }
    if (['ArrowDown', 'Enter'].includes(event.key)) event.preventDefault();
  };
  return (
    <div class="field person" ref={box}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={typed}
        placeholder={other === undefined ? t.hint : t.hintOrService}
        spellcheck={false}
        autocomplete="off"
        autocapitalize="none"
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onKeyDown={onKeyDown}
      />
      {typed.trim() !== '' && (
        <div class="hits">
          <ul aria-label={t.hits(label)}>
            {hits.map((user) => (
              <li key={user.id}>
                <button type="button" onClick={() => choose(user.id)}>
                  <span>{nameOf(user)}</span>
                  <span class="second">{otherNamesOf(user)[0] ?? shortId(user.id)}</span>
                </button>
              </li>
            ))}
            {other !== undefined && sought !== '' && (
              <li>
                <button type="button" onClick={() => choose(sought)}>
                  {other(plain(sought) ?? sought)}
                </button>
              </li>
            )}
          </ul>
          <p class="second">{sought === '' ? texts.find.token : searches ? result : texts.find.tooShort}</p>
        </div>
      )}
    </div>
  );
}
