/**
 * Prefixes of names that only this service reads, so that an unknown variable with one of them is a mistake. `MAX_` and
 * the like are too common: there, only likeness to a known name shows a mistake.
 */
const ownPrefixes = [
  'ACCESS_TOKEN_',
  'CONSOLE_',
  'CORS_',
  'DEMO_SERVICE_',
  'DEMO_FUSIONAUTH_',
  'FUSIONAUTH_',
  'GLOBAL_REVOCATION_',
  'MAX_QUERY_',
  'OAUTH_',
  'RATE_LIMIT_',
  'RECENT_SIGN',
  'SERVICE_KEY',
  'TRUSTED_DOCUMENT',
  'WEBHOOK_',
];

/** Variables of other programs with the same prefixes. */
const foreign = [
  // Kubernetes and Docker links name the services of a cluster, one of which may be called fusionauth.
  /_SERVICE_HOST$|_SERVICE_PORT(_\w+)?$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$|_ENV_\w+$/,
  // FusionAuth's own, in an environment that both share.
  /^FUSIONAUTH_(APP|SEARCH|DATABASE|HTTP|ADDITIONAL|MEMORY|RUNTIME|KICKSTART|DEVELOPMENT|USE)(_|$)/,
  // Where FusionAuth reaches the service, in the kickstart of docs/guides/connect-fusionauth-webhook.md.
  /^WEBHOOK_URL$/,
];

/** Names that other programs have as well, and whose files are therefore not taken for those of this service. */
const common = ['NODE_ENV', 'HOST', 'PORT', 'LOG_LEVEL'];

/** How many letters may differ between names that are taken for the same. */
const maxDistance = 2;

/** A shorter name is too like others: HOME is two letters from HOST. */
const minComparedLength = 7;

/** No known name is longer. */
const maxNameLength = 40;

/** A problem for each unknown variable that seems to be meant for this service. */
export function unknownVariables(given: readonly string[], known: readonly string[]): readonly string[] {
  const essences = known.map(essenceOf);
  return given
    .filter((name) => !known.includes(name))
    .flatMap((name) => {
      const inFile = name.replace(/_FILE$/, '');
      if (inFile !== name && known.includes(inFile) && !common.includes(inFile)) {
        return [
          `${name}: is not a variable of this service, which reads secrets alone from files. Set ${inFile} itself`,
        ];
      }
      const essence = essenceOf(name);
      const alike = known.find(
        // A likely slip: a few letters, or the number, the unit, an underscore or the case differ.
        (candidate, index) => isClose(name, candidate) || isClose(essence, essences[index] ?? ''),
      );
      const isOwn = ownPrefixes.some((prefix) => name.startsWith(prefix)) && !foreign.some((form) => form.test(name));
      if (alike === undefined && !isOwn) return [];
      return [`${name}: is not a variable of this service; ${alike ?? nearest(name, known)} may be meant`];
    });
}

function isClose(one: string, other: string): boolean {
  return Math.max(one.length, other.length) >= minComparedLength && distance(one, other, maxDistance) <= maxDistance;
}

function essenceOf(name: string): string {
  return name
    .toUpperCase()
    .replace(/_(MS|MILLISECONDS|S|SEC|SECONDS|MINUTES|HOURS|DAYS|BYTES|KB|MB)$/, '')
    .replaceAll(/[^A-Z0-9]/g, '')
    .replace(/S$/, '');
}

/** The known name that has the most words in common and differs least. */
function nearest(name: string, known: readonly string[]): string {
  const words = name.split('_');
  const score = (candidate: string) =>
    distance(name, candidate) - maxNameLength * candidate.split('_').filter((word) => words.includes(word)).length;
  return [...known].sort((one, other) => score(one) - score(other))[0] ?? '';
}

/**
 * How many letters have to be put in, taken out, changed or swapped with the next (optimal string alignment).
 * @param most A greater distance counts as infinite, so that most of the thousands of comparisons of a start end after
 * few letters.
 */
function distance(one: string, other: string, most = maxNameLength): number {
  if (Math.abs(one.length - other.length) > most) return Number.POSITIVE_INFINITY;
  const rows: number[][] = [Array.from({ length: other.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Number.POSITIVE_INFINITY;
  let leastBefore = 0;
  for (let row = 1; row <= one.length; row += 1) {
    const current = [row];
    rows.push(current);
    let least = row;
    for (let column = Math.max(1, row - most); column <= Math.min(other.length, row + most); column += 1) {
      const isSame = one[row - 1] === other[column - 1];
      const isSwap = row > 1 && column > 1 && one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      const edits = Math.min(
        at(row - 1, column) + 1,
        at(row, column - 1) + 1,
        at(row - 1, column - 1) + (isSame ? 0 : 1),
        isSwap ? at(row - 2, column - 2) + 1 : Number.POSITIVE_INFINITY,
      );
      current[column] = edits;
      least = Math.min(least, edits);
    }
    // A swap goes back by two rows.
    if (least > most && leastBefore > most) return Number.POSITIVE_INFINITY;
    leastBefore = least;
  }
  return at(one.length, other.length);
}
