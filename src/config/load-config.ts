import { policyFileProblems, readPolicyFile } from '../policy/policy-file.js';
import type { ParsedConfig } from './config.js';
import { readConfig } from './read-config.js';
import { ManifestProblem, readTrustedDocuments, type TrustedDocuments } from './trusted-documents.js';

/** A configuration with the files that it names. */
export type LoadedConfig =
  | (Extract<ParsedConfig, { readonly ok: true }> & { readonly trustedDocuments: TrustedDocuments | null })
  | Extract<ParsedConfig, { readonly ok: false }>;

/**
 * Reads the configuration from environment variables and from the files that they name, and reports the problems of
 * both at once.
 * @throws the reason of `signal` when that is aborted.
 */
export async function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  signal?: AbortSignal,
): Promise<LoadedConfig> {
  const parsed = await readConfig(env);
  const path = env['TRUSTED_DOCUMENTS_FILE'];
  const trustedDocuments = path === undefined || path === '' ? null : await readOrProblem(path, signal);
  const problemsOfFiles = [
    ...(trustedDocuments instanceof ManifestProblem ? [trustedDocuments.message] : []),
    ...(await policyProblems(env['POLICY_FILE'])),
  ];
  if (parsed.ok && problemsOfFiles.length === 0 && !(trustedDocuments instanceof ManifestProblem)) {
    return { ...parsed, trustedDocuments };
  }
  return { ok: false, problems: [...(parsed.ok ? [] : parsed.problems), ...problemsOfFiles] };
}

async function readOrProblem(
  path: string,
  signal: AbortSignal | undefined,
): Promise<TrustedDocuments | ManifestProblem> {
  try {
    return await readTrustedDocuments(path, signal);
  } catch (error) {
    if (error instanceof ManifestProblem) return error;
    throw error;
  }
}

/**
 * The problems of a policy file, which are reported with all others. The service reads the file again when it starts.
 */
async function policyProblems(path: string | undefined): Promise<readonly string[]> {
  if (path === undefined || path === '') return [];
  const read = await readPolicyFile(path);
  return read.ok ? [] : policyFileProblems(path, read.problems);
}
