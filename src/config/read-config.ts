import { type ParsedConfig, parseConfig } from './config.js';
import { readSecretFiles } from './secret-files.js';

/** Reads the configuration from environment variables, and from the files in which they say that secrets are. */
export async function readConfig(env: Readonly<Record<string, string | undefined>>): Promise<ParsedConfig> {
  const { env: withSecrets, problems } = await readSecretFiles(env);
  // A secret whose file cannot be read would be named as missing besides.
  return problems.length === 0 ? parseConfig(withSecrets) : { ok: false, problems };
}
