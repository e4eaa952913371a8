import type { ServiceKey } from '../auth/service-keys.js';
import { toServiceKey } from './callers.js';
import { readSecret } from './secret-files.js';
import { callerVariables } from './variables/callers.js';

/** The content of a file of service keys. Problems never repeat the text of the file. */
export type ReadServiceKeys =
  | { readonly kind: 'keys'; readonly keys: readonly ServiceKey[] }
  /** The file has faults. `holds` says whether a hash stands anywhere in it. */
  | { readonly kind: 'malformed'; readonly problems: readonly string[]; readonly holds: (sha256: Buffer) => boolean }
  /** The file is missing, empty, or too large, so its intended content is not known. */
  | { readonly kind: 'unreadable'; readonly problems: readonly string[] };

const fileVariable = 'SERVICE_KEYS_FILE';

/** Reads the service keys that are in a file, by the rules of SERVICE_KEYS. Never rejects. */
export async function readServiceKeysFile(path: string): Promise<ReadServiceKeys> {
  const read = await readSecret(path);
  if (read.kind === 'problem') return { kind: 'unreadable', problems: [`${fileVariable}: ${read.problem}`] };
  const parsed = callerVariables.SERVICE_KEYS.unwrap().safeParse(read.secret);
  if (parsed.success) return { kind: 'keys', keys: parsed.data.map(toServiceKey) };
  const text = read.secret.toLowerCase();
  return {
    kind: 'malformed',
    problems: parsed.error.issues.map(({ path: at, message }) => `${[fileVariable, ...at].join('.')}: ${message}`),
    holds: (sha256) => text.includes(sha256.toString('hex')),
  };
}
