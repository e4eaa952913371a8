import { hash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { z } from 'zod';

/** Documents by their hash, as GraphQL Code Generator, Relay's compiler and this package write them. */
const byHash = z.record(z.string(), z.string());

/** @see https://www.apollographql.com/docs/react/data/persisted-queries */
const ofApollo = z
  .object({
    format: z.literal('apollo-persisted-query-manifest'),
    version: z.literal(1),
    operations: z.array(z.object({ id: z.string(), body: z.string() })),
  })
  .transform(({ operations }) => Object.fromEntries(operations.map(({ id, body }) => [id, body])));

const manifest = z.union([ofApollo, byHash]);

/**
 * Reads a manifest: JSON of documents by the hex SHA-256 of their text, with or without `sha256:` before it, as
 * `npm run codegen` writes it for the operations of this package, GraphQL Code Generator's client preset with
 * `persistedDocuments` and Relay's compiler with `persistConfig`; or what Apollo's generate-persisted-query-manifest writes.
 * @throws an Error that names TRUSTED_DOCUMENTS_FILE when the file cannot be read or is no such manifest.
 */
export async function readTrustedDocuments(path: string): Promise<ReadonlyMap<string, string>> {
  const parsed = manifest.safeParse(await readJson(path));
  if (!parsed.success) throw problem('must be a JSON object of documents by their SHA-256');
  const documents = new Map<string, string>();
  for (const [key, document] of Object.entries(parsed.data)) {
    const sha256 = hash('sha256', document);
    if (key !== sha256 && key !== `sha256:${sha256}`) {
      throw problem(`holds a document whose SHA-256, in lower case hex digits, is not ${key}${adviceFor(key)}`);
    }
    documents.set(sha256, document);
  }
  return documents;
}

/** Which option writes another hash than this service looks for. */
function adviceFor(key: string): string {
  const options =
    'Set persistedDocuments: { hashAlgorithm: "sha256" } in the client preset of GraphQL Code Generator, or persistConfig: { algorithm: "SHA256" } for Relay\'s compiler';
  if (/^(sha1:)?[0-9a-f]{40}$/.test(key)) return `, but looks like its SHA-1. ${options}`;
  if (/^(md5:)?[0-9a-f]{32}$/.test(key)) return `, but looks like its MD5. ${options}`;
  return `. ${options}, and leave the texts as they are written`;
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
