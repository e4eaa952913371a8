import type { FusionAuthClient } from '@fusionauth/typescript-client';
import type { JsonObject } from './json.js';
import { asObject } from './json.js';

/**
 * The engine that searches FusionAuth's users. The two kinds understand different query languages. Only the answer of a
 * search reveals the kind: Elasticsearch alone gives a token for the next results.
 * @see https://fusionauth.io/docs/lifecycle/manage-users/search/search
 */
export interface SearchEngine {
  kind: 'unknown' | 'database' | 'elasticsearch';
}

/** Learns from the answer of a search. An answer without users has no next results, and reveals nothing. */
export function observeSearchEngine(engine: SearchEngine, answer: JsonObject): void {
  if (typeof answer['nextResults'] === 'string') engine.kind = 'elasticsearch';
  else if (Array.isArray(answer['users']) && answer['users'].length > 0) engine.kind = 'database';
}

/**
 * Searches for anybody, to learn the engine. Never rejects: until the engine is known, queries are written so that both
 * kinds understand them.
 */
export async function learnSearchEngine(client: FusionAuthClient, engine: SearchEngine): Promise<void> {
  try {
    const search = { queryString: '*', numberOfResults: 1 };
    const { response } = await client.searchUsersByQuery({ search, expand: [] });
    observeSearchEngine(engine, asObject(response ?? {}, 'The list of users'));
  } catch {}
}

/**
 * The query string that finds users whose e-mail address, user name or full name holds every word of the text. A text
 * that is an e-mail address finds the addresses that begin with it, the shortest of which is the address itself:
 * FusionAuth searches addresses alone where a text has an @ and no blank.
 *
 * Elasticsearch keeps names as words without punctuation and addresses whole, so words are looked for each on its own.
 * The database compares whole values, and has a wildcard but no escape for it: a wildcard stands for
 * what could mean something to the engine, which finds more and never less.
 * @see https://fusionauth.io/docs/lifecycle/manage-users/search/user-search-with-elasticsearch#querystring-searches
 */
export function queryStringOf(text: string, { kind }: SearchEngine): string {
  const parts = text.match(/\S+/gu) ?? [];
  // The query for everybody.
  if (parts.length === 0) return '*';
  const start = isEmail(text) ? '' : '*';
  if (kind === 'elasticsearch') {
    const words = parts.flatMap((part) =>
      part.includes('@') ? [escaped(part)] : (part.match(/[\p{L}\p{N}\p{M}._']+/gu) ?? []),
    );
    return words.map((word) => `${start}${word}*`).join(' AND ');
  }
  const special = kind === 'database' ? /[*%\\\p{C}]/gu : /[^\p{L}\p{N}\p{M}._'@]/gu;
  return `${start}${parts.map((part) => part.replace(special, '*')).join('*')}*`.replace(/\*{2,}/g, '*');
}

/**
 * Elasticsearch has no escape for `<` and `>`, so a wildcard replaces each.
 * @see
 * https://www.elastic.co/guide/en/elasticsearch/reference/7.17/query-dsl-query-string-query.html#_reserved_characters
 */
function escaped(part: string): string {
  return part.replace(/[+\-=!(){}[\]^"~*?:\\/&|<>]/g, (character) => (/[<>]/.test(character) ? '?' : `\\${character}`));
}

function isEmail(text: string): boolean {
  return /^[^@\s]+@[^@\s]+\.[^@\s]+$/u.test(text);
}
