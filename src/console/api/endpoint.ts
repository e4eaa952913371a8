import { noteTimeOf } from '../state/now.js';
import { isInUse } from '../state/use.js';
import type { TrustedDocument } from './trusted-document.js';

/** Sent with every call: pages of other origins cannot send it, so a call that bears it comes from the console. */
const consoleHeader = 'x-fusionauth-sessions-console';

/** Whose name the page shows: the service does nothing for it once somebody else has signed in in another tab. */
const personHeader = 'x-fusionauth-sessions-console-person';

let personId: string | null = null;

/** From now on calls are made for this person alone. */
export function callFor(userId: string | null): void {
  personId = userId;
}

interface Call<Variables> {
  readonly path: string;
  readonly accept: string;
  readonly document: TrustedDocument<unknown, Variables>;
  readonly variables: Variables;
  readonly signal: AbortSignal;
}

/** Posts an operation to the service, whose paths are beside that of the console. */
export async function post<Variables>(call: Call<Variables>): Promise<Response> {
  const { path, accept, document, variables, signal } = call;
  const response = await fetch(addressOf(path), {
    method: 'POST',
    // What the page does by itself keeps nobody signed in.
    headers: {
      'content-type': 'application/json',
      [consoleHeader]: isInUse() ? '1' : 'background',
      ...(personId !== null && { [personHeader]: personId }),
      accept,
    },
    body: JSON.stringify({ documentId: `sha256:${document.sha256}`, variables }),
    signal,
  });
  noteTimeOf(response);
  return response;
}

/** The address of a path of the service, such as `graphql`, whatever its BASE_PATH is. */
export function addressOf(path: string): URL {
  return new URL(`../${path}`, document.baseURI);
}
