interface Props {
  /** By their names in the program, in their order. */
  readonly columns: Readonly<Record<string, string>>;
}

/** The head of a table that is not ordered by its columns. */
export function ColumnHeads({ columns }: Props) {
  return (
    <thead>
      <tr>
        {Object.entries(columns).map(([name, title]) => (
          <th scope="col" key={name} class={`of-${name}`}>
            {title}
          </th>
        ))}
      </tr>
    </thead>
  );
}
