import { type ParsedConfig, parseConfig } from './config.js';
import { readSecretFiles } from './secret-files.js';

/** Reads the configuration from environment variables, and from the files of secrets that they name. */
export async function readConfig(env: Readonly<Record<string, string | undefined>>): Promise<ParsedConfig> {
  const { env: withSecrets, problems, unread } = await readSecretFiles(env);
  const parsed = parseConfig(withSecrets);
  if (problems.length === 0) return parsed;
  // A secret whose file cannot be read is not reported as missing, too.
  const isAboutUnread = (problem: string) => unread.some((name) => new RegExp(`\\b${name}\\b`).test(problem));
  const others = parsed.ok ? [] : parsed.problems.filter((problem) => !isAboutUnread(problem));
  return { ok: false, problems: [...problems, ...others] };
}

/**
 * The same for a command, which serves nobody: what production demands of the service, such as service keys, it demands
 * of no command.
 */
export function readConfigOfCommand(env: Readonly<Record<string, string | undefined>>): Promise<ParsedConfig> {
  return readConfig(env['NODE_ENV'] === 'production' ? { ...env, NODE_ENV: undefined } : env);
}
