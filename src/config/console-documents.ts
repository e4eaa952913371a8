import { readFile } from 'node:fs/promises';
import type { TrustedDocuments } from './trusted-documents.js';

/** Written by `npm run codegen`, and published beside the program. */
const manifestUrl = new URL('../../trusted-documents.json', import.meta.url);

/**
 * The operations of the console by the hex SHA-256 of their text. The console sends nothing else, so that it works
 * with any TRUSTED_DOCUMENTS_FILE.
 */
export async function readConsoleDocuments(): Promise<TrustedDocuments> {
  const all: Readonly<Record<string, string>> = JSON.parse(await readFile(manifestUrl, 'utf8'));
  return new Map(Object.entries(all).filter(([, text]) => /^(query|mutation|subscription) Console/.test(text)));
}
