import { useId } from 'preact/hooks';

interface Option {
  readonly value: string;
  readonly label: string;
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly Option[];
  readonly onChange: (value: string) => void;
}

export function SelectField({ label, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <select id={id} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </div>
  );
}

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly type?: 'text' | 'date';
  readonly hint?: string;
  readonly onChange: (value: string) => void;
}

/** Changes when somebody leaves it or presses Enter, so that filters are not asked for letter by letter. */
export function TextField({ label, value, type = 'text', hint, onChange }: TextProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        {...(type === 'date' ? { type: 'date' as const } : { type: 'text' as const })}
        value={value}
        placeholder={hint ?? ''}
        spellcheck={false}
        autocomplete="off"
        onChange={({ currentTarget }) => onChange(currentTarget.value.trim())}
      />
    </div>
  );
}
