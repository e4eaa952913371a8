/**
 * An address in one form, the same for each of its forms, so that addresses can be compared: Java writes those of IPv6 out
 * (`2001:db8:0:0:0:0:0:51`), most others shorten them, and some write one of IPv4 as one of IPv6 (`::ffff:203.0.113.7`).
 * Any other text stays as it is.
 */
export function comparableAddress(text: string): string {
  if (!text.includes(':')) return text;
  const parts = text.toLowerCase().split('::');
  if (parts.length > 2) return text;
  const [head = [], tail] = parts.map(groupsOf);
  const left = tail === undefined ? 0 : Math.max(0, groupsOfAddress - head.length - tail.length);
  const groups = [...head, ...zeros.slice(0, left), ...(tail ?? [])];
  return groups.join(':').replace(/^(?:0:){5,6}ffff:(?=\d+\.)/, '');
}

const groupsOfAddress = 8;
const zeros: readonly string[] = Array.from({ length: groupsOfAddress }, () => '0');

/** The groups of a part of an address, without leading zeros. */
function groupsOf(part: string): readonly string[] {
  return part === ''
    ? []
    : part.split(':').map((group) => (group.startsWith('0') ? group.replace(/^0+(?=.)/, '') : group));
}
