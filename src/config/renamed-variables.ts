type Given = Readonly<Record<string, string>>;

/** Former names of variables, which are accepted for one more version. */
const renamed: Given = { WEBHOOK_HEAR_TIMEOUT_MS: 'WEBHOOK_HANDLE_TIMEOUT_MS' };

interface CurrentNames {
  readonly given: Given;
  /** One for each former name that is in use. */
  readonly warnings: readonly string[];
  /** One for each variable that is given under both names. */
  readonly problems: readonly string[];
}

/** The same variables, each under its current name. */
export function underCurrentNames(given: Given): CurrentNames {
  const names = Object.keys(given).map((name) => [name, renamed[name] ?? name] as const);
  const former = names.filter(([name, current]) => name !== current);
  return {
    given: Object.fromEntries(names.map(([name, current]) => [current, given[name] ?? ''])),
    warnings: former.map(
      ([name, current]) => `${name}: is called ${current} now; the old name works in this version only`,
    ),
    problems: former
      .filter(([, current]) => given[current] !== undefined)
      .map(([name, current]) => `${name}: is the old name of ${current}, which is given too; give one of them`),
  };
}
