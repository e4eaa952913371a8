import type { SessionFilter, SessionKind } from '../../operations/operations.js';
import { typeInWords } from '../names.js';
import { SelectField } from '../parts/field.js';
import { useApplicationNames } from '../state/application-names.js';
import type { Session } from '../state/session-list.js';
import { texts } from '../texts.js';

export interface Filters {
  readonly applicationId: string;
  readonly kind: SessionKind | '';
  readonly deviceType: string;
  /** In days; 0 for any use. */
  readonly unusedForDays: number;
  readonly withExpired: boolean;
}

export const noFilters: Filters = { applicationId: '', kind: '', deviceType: '', unusedForDays: 0, withExpired: false };

const dayMs = 86_400_000;
const usualTypes = ['BROWSER', 'DESKTOP', 'LAPTOP', 'MOBILE', 'TABLET', 'TV'];
const days = [1, 7, 30, 90];
const t = texts.sessions.filters;

export function filterOf(filters: Filters, now: number): SessionFilter {
  const { applicationId, kind, deviceType, unusedForDays, withExpired } = filters;
  return {
    ...(applicationId === '' ? {} : { applicationIds: [applicationId] }),
    ...(kind === '' ? {} : { kinds: [kind] }),
    ...(deviceType === '' ? {} : { deviceTypes: [deviceType] }),
    ...(unusedForDays === 0 ? {} : { lastAccessedAt: { before: new Date(now - unusedForDays * dayMs).toISOString() } }),
    ...(withExpired ? { states: ['ACTIVE', 'EXPIRED'] as const } : {}),
  };
}

interface Props {
  readonly filters: Filters;
  readonly rows: readonly Session[];
  readonly onChange: (filters: Filters) => void;
}

export function SessionFilters({ filters, rows, onChange }: Props) {
  const applications = useApplicationNames();
  const set = (change: Partial<Filters>) => {
    const next = { ...filters, ...change };
    onChange(JSON.stringify(next) === JSON.stringify(noFilters) ? noFilters : next);
  };
  const types = [...new Set([...usualTypes, ...rows.flatMap(({ device }) => device.type?.toUpperCase() ?? [])])].sort();
  return (
    <form class="filters" aria-label={t.label} onSubmit={(event) => event.preventDefault()}>
      <SelectField
        label={t.application}
        value={filters.applicationId}
        options={[
          { value: '', label: t.anyApplication },
          ...[...applications].map(([id, name]) => ({ value: id, label: name ?? id })),
        ]}
        onChange={(applicationId) => set({ applicationId })}
      />
      <SelectField
        label={t.kind}
        value={filters.kind}
        options={[
          { value: '', label: t.anyKind },
          { value: 'APPLICATION', label: t.kinds.APPLICATION },
          { value: 'SSO', label: t.kinds.SSO },
        ]}
        onChange={(kind) => set({ kind: kind === 'APPLICATION' || kind === 'SSO' ? kind : '' })}
      />
      <SelectField
        label={t.deviceType}
        value={filters.deviceType}
        options={[
          { value: '', label: t.anyDeviceType },
          ...types.map((type) => ({ value: type, label: typeInWords(type) ?? type })),
        ]}
        onChange={(deviceType) => set({ deviceType })}
      />
      <SelectField
        label={t.unused}
        value={`${filters.unusedForDays}`}
        options={[
          { value: '0', label: t.anyUse },
          ...days.map((count) => ({ value: `${count}`, label: t.unusedFor(count) })),
        ]}
        onChange={(count) => set({ unusedForDays: Number(count) })}
      />
      <label class="check filter-check">
        <input
          type="checkbox"
          checked={filters.withExpired}
          onChange={({ currentTarget }) => set({ withExpired: currentTarget.checked })}
        />
        <span>{t.expired}</span>
      </label>
    </form>
  );
}
