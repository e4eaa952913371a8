import { ServiceKeyAuthenticator } from '../auth/service-keys.js';
import { type ReadServiceKeys, readServiceKeysFile } from '../config/service-keys-file.js';
import { appearanceOf, WatchedFile } from '../config/watched-file.js';
import type { DisposalList } from '../disposal-list.js';
import { unreachable } from '../domain/unreachable.js';
import { reportExpiredKeys } from '../observability/expired-keys.js';
import type { Foundation } from './foundation.js';

/** The service keys in force. */
export interface ServiceKeys {
  readonly authenticator: ServiceKeyAuthenticator;
  /** Codes of problems, also while keys are in force. */
  warnings(): readonly string[];
  /** Reads those of a file now. Never rejects. */
  reload(): Promise<void>;
}

/** A single look: a key that has leaked must go soon, so only a file that replaces another one gets time to settle. */
const looksInPlace = 1;

/**
 * The keys of the configuration, or of a file, which is followed from then on. A key that leaves the file stops working
 * at once, even if the file has other faults. While it has faults, no other key changes.
 */
export async function openServiceKeys(
  { config, secrets, clock, telemetry }: Pick<Foundation, 'config' | 'secrets' | 'clock' | 'telemetry'>,
  opened: DisposalList,
): Promise<ServiceKeys> {
  const authenticator = new ServiceKeyAuthenticator(secrets.serviceKeys, clock);
  const path = config.serviceKeysFile;
  reportExpiredKeys(telemetry, authenticator.keys, clock);
  if (path === null) return { authenticator, warnings: () => [], reload: async () => undefined };
  let isUsable = true;
  const take = (found: ReadServiceKeys) => {
    isUsable = found.kind === 'keys';
    switch (found.kind) {
      case 'keys':
        telemetry.serviceKeysRead(authenticator.replace(found.keys));
        return reportExpiredKeys(telemetry, authenticator.keys, clock);
      case 'malformed': {
        const kept = authenticator.keys.filter(({ sha256 }) => found.holds(sha256));
        return telemetry.serviceKeysNotUsable(found.problems, authenticator.replace(kept).removed);
      }
      case 'unreadable':
        return telemetry.serviceKeysNotUsable(found.problems, []);
      default:
        return unreachable(found);
    }
  };
  const appearance = await appearanceOf(path);
  const file = new WatchedFile({ path, appearance, read: () => readServiceKeysFile(path), take, looksInPlace });
  opened.defer(() => file[Symbol.dispose]());
  // It may have changed since the configuration was read.
  await file.reload();
  return {
    authenticator,
    warnings: () => (isUsable ? [] : ['SERVICE_KEYS_NOT_USABLE']),
    reload: () => file.reload(),
  };
}
