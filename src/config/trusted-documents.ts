import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

const manifest = z.record(z.string(), z.string());

/**
 * Reads a manifest: JSON of documents by the hex SHA-256 of their text, as `npm run codegen` writes it for the
 * operations of this package, and GraphQL Code Generator's client preset with `persistedDocuments`.
 * @throws an Error that names TRUSTED_DOCUMENTS_FILE when the file cannot be read or is no such manifest.
 */
export async function readTrustedDocuments(path: string): Promise<ReadonlyMap<string, string>> {
  const parsed = manifest.safeParse(await readJson(path));
  if (!parsed.success) throw problem('must be a JSON object of documents by their SHA-256');
  const documents = new Map(Object.entries(parsed.data));
  for (const [sha256, document] of documents) {
    if (hash('sha256', document) !== sha256)
      throw problem(`holds a document whose SHA-256, in lower case hex digits, is not ${sha256}`);
  }
  return documents;
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw problem('cannot be read', error);
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem('must be JSON', error);
  }
}

function problem(text: string, cause?: unknown): Error {
  return new Error(`TRUSTED_DOCUMENTS_FILE: ${text}`, { cause });
}
