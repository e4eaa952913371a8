import { hash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { z } from 'zod';

/** Documents by the hex SHA-256 of their text. */
export type TrustedDocuments = ReadonlyMap<string, string>;

const manifest = z.record(z.string(), z.string());

/** Some thousand operations of a frontend have a few megabytes. */
const maxManifestBytes = 32 * 1_024 * 1_024;

/** Why a manifest is of no use. The message names TRUSTED_DOCUMENTS_FILE, the path and the cause. */
export class ManifestProblem extends Error {
  constructor(path: string, text: string) {
    super(`TRUSTED_DOCUMENTS_FILE: ${resolve(path)} ${text}`);
  }
}

/**
 * Reads a manifest: JSON of documents by the hex SHA-256 of their text, as `npm run codegen` writes it for the
 * operations of this package, and GraphQL Code Generator's client preset with `persistedDocuments`.
 * @throws ManifestProblem when the file cannot be read, is no such manifest, or holds nothing.
 */
export async function readTrustedDocuments(path: string, signal?: AbortSignal): Promise<TrustedDocuments> {
  const parsed = manifest.safeParse(parseJson(path, await readText(path, signal)));
  if (!parsed.success) throw new ManifestProblem(path, 'must be a JSON object of documents by their SHA-256');
  const documents = new Map(Object.entries(parsed.data));
  if (documents.size === 0)
    throw new ManifestProblem(path, 'holds no document, so that every operation would be refused');
  for (const [sha256, document] of documents) {
    if (hash('sha256', document) !== sha256) {
      throw new ManifestProblem(path, `holds a document whose SHA-256, in lower case hex digits, is not ${sha256}`);
    }
  }
  return documents;
}

async function readText(path: string, signal: AbortSignal | undefined): Promise<string> {
  try {
    // Looked at before it is opened: opening a pipe waits until somebody writes to it.
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
