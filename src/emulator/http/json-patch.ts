import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { generalError } from './errors-json.js';
import { isJsonObject } from './json-merge.js';

/** The most operations one call may carry. */
const maximumOperations = 1_000;

const operationJson = z.discriminatedUnion('op', [
  z.object({ op: z.literal('add'), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal('replace'), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal('test'), path: z.string(), value: z.unknown() }),
  z.object({ op: z.literal('remove'), path: z.string() }),
  z.object({ op: z.literal('move'), path: z.string(), from: z.string() }),
  z.object({ op: z.literal('copy'), path: z.string(), from: z.string() }),
]);

/**
 * Applies a JSON Patch (RFC 6902) and returns the result; `target` stays as it is.
 *
 * @throws ApiError 400 for a body that is no JSON Patch, a path that does not exist, and a `test` that fails.
 */
export function applyJsonPatch(target: unknown, patch: unknown): unknown {
  const parsed = z.array(operationJson).max(maximumOperations).safeParse(patch);
  if (!parsed.success) {
    throw generalError('[invalidJSON]', `The body is no JSON Patch: ${z.prettifyError(parsed.error)}`);
  }
  const root = { document: structuredClone(target) };
  for (const operation of parsed.data) {
    const path = pointer(operation.path);
    switch (operation.op) {
      case 'add':
        add(root, path, operation.value);
        break;
      case 'replace':
        remove(root, path);
        add(root, path, operation.value);
        break;
      case 'remove':
        remove(root, path);
        break;
      case 'move':
        add(root, path, remove(root, pointer(operation.from)));
        break;
      case 'copy':
        add(root, path, structuredClone(read(root, pointer(operation.from))));
        break;
      case 'test':
        if (!isDeepStrictEqual(read(root, path), operation.value)) {
          throw generalError('[invalid]', `The test of [${operation.path}] failed.`);
        }
    }
  }
  return root.document;
}

/** The names of a JSON Pointer (RFC 6901), below the member that holds the document. */
function pointer(text: string): string[] {
  if (text !== '' && !text.startsWith('/')) {
    throw noSuchPath(text);
  }
  const names = text.split('/').slice(1);
  return ['document', ...names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'))];
}

function add(root: object, path: readonly string[], value: unknown): void {
  const [parent, name] = parentOf(root, path);
  if (!Array.isArray(parent)) {
    Reflect.set(parent, name, value);
    return;
  }
  const index = name === '-' ? parent.length : indexOf(name, parent.length, path);
  parent.splice(index, 0, value);
}

function remove(root: object, path: readonly string[]): unknown {
  const value = read(root, path);
  const [parent, name] = parentOf(root, path);
  if (Array.isArray(parent)) {
    parent.splice(indexOf(name, parent.length - 1, path), 1);
  } else if (path.length > 1) {
    Reflect.deleteProperty(parent, name);
  }
  return value;
}

function read(root: object, path: readonly string[]): unknown {
  const [parent, name] = parentOf(root, path);
  const key = Array.isArray(parent) ? `${indexOf(name, parent.length - 1, path)}` : name;
  if (!Object.hasOwn(parent, key)) {
    throw noSuchPath(path.slice(1).join('/'));
  }
  return Reflect.get(parent, key);
}

function parentOf(root: object, path: readonly string[]): [object, string] {
  const parent = path.slice(0, -1).reduce<unknown>(ownMember, root);
  const name = path.at(-1);
  if (name === undefined || name === '__proto__' || (!isJsonObject(parent) && !Array.isArray(parent))) {
    throw noSuchPath(path.slice(1).join('/'));
  }
  return [parent, name];
}

function ownMember(parent: unknown, name: string): unknown {
  return typeof parent === 'object' && parent !== null && Object.hasOwn(parent, name)
    ? Reflect.get(parent, name)
    : undefined;
}

function indexOf(name: string, last: number, path: readonly string[]): number {
  const index = /^(?:0|[1-9]\d{0,8})$/.test(name) ? Number(name) : -1;
  if (index < 0 || index > last) {
    throw noSuchPath(path.slice(1).join('/'));
  }
  return index;
}

function noSuchPath(path: string) {
  return generalError('[invalid]', `The JSON Patch names [${path}], which does not exist.`);
}
