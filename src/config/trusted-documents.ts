import { hash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';

/** Documents by the hex SHA-256 of their text. */
export type TrustedDocuments = ReadonlyMap<string, string>;

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

/** Some thousand operations of a frontend have a few megabytes. */
const maxManifestBytes = 32 * 1_024 * 1_024;

/** A fault of a manifest. The message names TRUSTED_DOCUMENTS_FILE, the path and the cause. */
export class ManifestProblem extends Error {
  constructor(path: string, text: string) {
    super(`TRUSTED_DOCUMENTS_FILE: ${resolve(path)} ${text}`);
  }
}

/**
 * Reads a manifest: JSON of documents by the hex SHA-256 of their text, with or without `sha256:` before it, as
 * `npm run codegen` writes it for the operations of this package, GraphQL Code Generator's client preset with
 * `persistedDocuments` and Relay's compiler with `persistConfig`; or what Apollo's generate-persisted-query-manifest
 * writes.
 * @throws ManifestProblem when the file cannot be read, is no such manifest, or holds nothing.
 */
export async function readTrustedDocuments(path: string, signal?: AbortSignal): Promise<TrustedDocuments> {
  const parsed = manifest.safeParse(parseJson(path, await readText(path, signal)));
  if (!parsed.success) throw new ManifestProblem(path, 'must be a JSON object of documents by their SHA-256');
  const entries = Object.entries(parsed.data);
  if (entries.length === 0)
    throw new ManifestProblem(path, 'holds no document, so that every operation would be refused');
  const documents = new Map<string, string>();
  for (const [key, document] of entries) {
    const sha256 = hash('sha256', document);
    if (key !== sha256 && key !== `sha256:${sha256}`) {
      const problem = `holds a document whose SHA-256, in lower case hex digits, is not ${key}${adviceFor(key)}`;
      throw new ManifestProblem(path, problem);
    }
    documents.set(sha256, document);
  }
  return documents;
}

/** The option with which a tool writes the right hash, for a hash of another kind. */
function adviceFor(key: string): string {
  const options =
    'Set persistedDocuments: { hashAlgorithm: "sha256" } in the client preset of GraphQL Code Generator, or persistConfig: { algorithm: "SHA256" } for Relay\'s compiler';
  if (/^(sha1:)?[0-9a-f]{40}$/.test(key)) return `, but looks like its SHA-1. ${options}`;
  if (/^(md5:)?[0-9a-f]{32}$/.test(key)) return `, but looks like its MD5. ${options}`;
  return `. ${options}, and leave the texts as they are written`;
}

async function readText(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    // Checked before it is opened, because opening a pipe waits for a writer.
    const { size } = await requireFile(path);
    if (size > maxManifestBytes) throw new ManifestProblem(path, `is larger than ${maxManifestBytes} bytes`);
    const file = await open(path);
    try {
      return await file.readFile({ encoding: 'utf8', ...(signal === undefined ? {} : { signal }) });
    } finally {
      await file.close();
    }
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof ManifestProblem) throw error;
    throw new ManifestProblem(path, `cannot be read: ${causeOf(error)}`);
  }
}

async function requireFile(path: string) {
  const stats = await stat(path);
  if (stats.isDirectory()) throw new ManifestProblem(path, 'is a directory, and must be a file');
  if (!stats.isFile()) throw new ManifestProblem(path, 'is a pipe or a device, and must be a file');
  if (stats.size === 0) throw new ManifestProblem(path, 'is empty');
  return stats;
}

function causeOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? `${error.code}` : '';
  const known: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such file',
    EACCES: 'the service may not read it',
    EPERM: 'the service may not read it',
    ELOOP: 'its links form a circle',
    ENOTDIR: 'a part of the path is not a directory',
    ENAMETOOLONG: 'the path is too long',
  };
  return known[code] ?? `${error instanceof Error ? error.message : error}`;
}

function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new ManifestProblem(path, `must be JSON: ${error instanceof Error ? error.message : error}`);
  }
}
