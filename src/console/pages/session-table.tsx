import { useEffect, useRef } from 'preact/hooks';
import type { SessionOrder, SessionOrderField } from '../../operations/operations.js';
import { Icon } from '../parts/icon.js';
import type { EndingNote } from '../state/endings.js';
import type { Person } from '../state/people.js';
import type { Session } from '../state/session-list.js';
import { texts } from '../texts.js';
import type { Limit } from './limits.js';
import { SessionRow } from './session-row.js';

interface Props {
  readonly caption: string;
  readonly rows: readonly Session[];
  /** Of rows that have ended while they were shown. */
  readonly endings: ReadonlyMap<string, EndingNote>;
  readonly people: ReadonlyMap<string, Person | null>;
  readonly newestId: string | null;
  /** By the ids of sessions that are above one. */
  readonly limits: ReadonlyMap<string, Limit>;
  readonly order: SessionOrder;
  readonly onOrder: (order: SessionOrder) => void;
  readonly selected: ReadonlySet<string>;
  readonly onSelect: (selected: ReadonlySet<string>) => void;
  readonly maySelect: boolean;
  readonly mayEnd: boolean;
  readonly onEnd: (sessionId: string) => void;
}

const { columns, selectAll } = texts.sessions;

export function SessionTable(props: Props) {
  const { caption, rows, endings, selected, maySelect, mayEnd, order, onOrder } = props;
  const live = rows.filter(({ id }) => !endings.has(id));
  const toggle = (id: string) => {
    const next = new Set(selected);
    if (!next.delete(id)) next.add(id);
    props.onSelect(next);
  };
  return (
    <div class="table-box">
      <table class="stacking sessions">
        <caption class="hidden">{caption}</caption>
        <thead>
          <tr>
            {maySelect && (
              <th scope="col" class="select">
                <SelectAll
                  label={selectAll(live.length)}
                  state={selected.size === 0 ? 'none' : selected.size >= live.length ? 'all' : 'some'}
                  onChange={(all) => props.onSelect(new Set(all ? live.map(({ id }) => id) : []))}
                />
              </th>
            )}
            <th scope="col">{columns.device}</th>
            <th scope="col">{columns.application}</th>
            <th scope="col">{columns.address}</th>
            <OrderedHeader label={columns.signedIn} field="CREATED_AT" order={order} onOrder={onOrder} />
            <OrderedHeader label={columns.lastUsed} field="LAST_ACCESSED_AT" order={order} onOrder={onOrder} />
            <OrderedHeader label={columns.expires} field="EXPIRES_AT" order={order} onOrder={onOrder} />
            {mayEnd && (
              <th scope="col" class="action">
                <span class="hidden">{columns.action}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((session) => (
            <SessionRow
              key={session.id}
              session={session}
              ending={endings.get(session.id) ?? null}
              people={props.people}
              isNewest={session.id === props.newestId}
              overLimit={props.limits.get(session.id) ?? null}
              isSelected={selected.has(session.id)}
              maySelect={maySelect}
              mayEnd={mayEnd}
              onToggle={() => toggle(session.id)}
              onEnd={() => props.onEnd(session.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface SelectAllProps {
  readonly label: string;
  readonly state: 'none' | 'some' | 'all';
  readonly onChange: (all: boolean) => void;
}

function SelectAll({ label, state, onChange }: SelectAllProps) {
  const ref = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (ref.current !== null) ref.current.indeterminate = state === 'some';
  }, [state]);
  return (
    <label class="target">
      <input
        ref={ref}
        type="checkbox"
        aria-label={label}
        checked={state === 'all'}
        onChange={({ currentTarget }) => onChange(currentTarget.checked)}
      />
    </label>
  );
}

interface OrderedHeaderProps {
  readonly label: string;
  readonly field: SessionOrderField;
  readonly order: SessionOrder;
  readonly onOrder: (order: SessionOrder) => void;
}

function OrderedHeader({ label, field, order, onOrder }: OrderedHeaderProps) {
  const isOrdered = order.field === field;
  const direction = isOrdered ? (order.direction ?? 'DESC') : null;
  return (
    <th scope="col" aria-sort={direction === null ? undefined : direction === 'DESC' ? 'descending' : 'ascending'}>
      <button
        type="button"
        class="order"
        onClick={() => onOrder({ field, direction: direction === 'DESC' ? 'ASC' : 'DESC' })}
      >
        {label}
        <Icon name={direction === null ? 'sort' : direction === 'DESC' ? 'down' : 'up'} size={14} />
      </button>
    </th>
  );
}
