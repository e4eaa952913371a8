import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { fileText } from './file-text.js';
import { secretNames } from './variables/secret-files.js';

type Environment = Readonly<Record<string, string | undefined>>;

interface EnvironmentWithSecrets {
  readonly env: Environment;
  /** Problems of files, each naming its variable. They never hold the content of a file. */
  readonly problems: readonly string[];
  /** The secrets whose files have a problem. */
  readonly unread: readonly string[];
}

/** The largest file that is read, in bytes: above a hundred service keys with many bounds. */
const maxFileBytes = 65_536;

/** Reads secrets from the files as which orchestrators mount them, into their variables. */
export async function readSecretFiles(env: Environment): Promise<EnvironmentWithSecrets> {
  const secrets: Record<string, string> = {};
  const problems: string[] = [];
  const unread: string[] = [];
  for (const name of secretNames) {
    const variable = `${name}_FILE`;
    const path = env[variable];
    if (path === undefined || path === '') continue;
    if (env[name] !== undefined && env[name] !== '') {
      unread.push(name);
      problems.push(`${variable}: is not accepted together with ${name}. Set one of them`);
      continue;
    }
    const read = await readSecret(path);
    if (read.kind === 'problem') {
      unread.push(name);
      problems.push(`${variable}: ${read.problem}`);
    } else {
      secrets[name] = read.secret;
    }
  }
  return { env: { ...env, ...secrets }, problems, unread };
}

type ReadSecret =
  /** The content of the file, without a byte order mark and the line breaks at its end. */
  | { readonly kind: 'secret'; readonly secret: string }
  /** The problem of the file, with its path. */
  | { readonly kind: 'problem'; readonly problem: string };

/** Any other text that names no file may be the secret, set in the wrong variable, and is not repeated. */
const isPlainlyPath = /^(?:\.{0,2}\/|[a-z]:[\\/])/i;

/** Reads the secret that a file holds. Never rejects. */
export async function readSecret(path: string): Promise<ReadSecret> {
  let file: FileHandle | null = null;
  try {
    // Opening a pipe would wait for a writer, and its content may have no end.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    if (!(await file.stat()).isFile()) return problem(`${path} is not a file`);
    const { buffer, bytesRead } = await file.read(Buffer.alloc(maxFileBytes + 1), 0, maxFileBytes + 1, 0);
    if (bytesRead > maxFileBytes) return problem(`${path} is larger than ${maxFileBytes} bytes`);
    const secret = fileText(buffer.subarray(0, bytesRead))?.replace(/[\r\n]+$/, '');
    if (secret === undefined) return problem(`${path} is not text in UTF-8. Save it as such`);
    return secret === '' ? problem(`${path} is empty`) : { kind: 'secret', secret };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : error;
    const mayBeSecret = (code === 'ENOENT' || code === 'ENAMETOOLONG') && !isPlainlyPath.test(path);
    return mayBeSecret
      ? problem('must be the path of a file, not the secret itself, and names none that is there')
      : problem(`${path} cannot be read (${code})`);
  } finally {
    await file?.close();
  }
}

function problem(text: string): ReadSecret {
  return { kind: 'problem', problem: text };
}
