import {
  anyCharacters,
  type Pattern,
  searchField,
  type UserQuery,
  UserQueryError,
  type Wildcard,
} from './user-query.js';

/** As Lucene's `maxClauseCount`. */
const maximumTerms = 1_024;
const maximumDepth = 50;

/** Characters that mean something to the search engine where the emulator has nothing of the kind: they are refused. */
const notUnderstood = new Map([
  ['[', 'ranges'],
  [']', 'ranges'],
  ['{', 'ranges'],
  ['}', 'ranges'],
  ['<', 'ranges'],
  ['>', 'ranges'],
  ['~', 'fuzzy terms and proximity'],
  ['^', 'boosts'],
  ['/', 'regular expressions'],
]);

/**
 * Reads the query-string language of Elasticsearch and Lucene as far as the emulator has it: terms, `field:value`,
 * `field:(a OR b)`, quoted phrases, `*` and `?`, `AND`, `OR`, `NOT` with `&&`, `||`, `!` and `-`, parentheses,
 * `_exists_:field`, and `\` before a character that is meant as it stands. Terms that only blanks separate must all match.
 *
 * @throws UserQueryError for everything else, with the position.
 */
export function parseQueryString(text: string): UserQuery {
  const reader = new Reader(text);
  const query = reader.either(undefined, 0);
  if (!reader.isAtEnd()) {
    throw reader.error('is not expected here');
  }
  return query;
}

/** A value with `*` and `?`, where `\` takes the meaning from the next character. */
export function parsePattern(text: string): Pattern {
  return new Reader(text).pattern(() => false);
}

class Reader {
  #at = 0;
  #terms = 0;

  constructor(private readonly text: string) {}

  isAtEnd(): boolean {
    this.#skipBlanks();
    return this.#at >= this.text.length;
  }

  error(problem: string): UserQueryError {
    const found = this.#at >= this.text.length ? 'The end' : `[${this.text.charAt(this.#at)}]`;
    return new UserQueryError(`${found} at position ${this.#at + 1} ${problem}.`);
  }

  either(field: string | undefined, depth: number): UserQuery {
    if (depth > maximumDepth) {
      throw this.error(`is nested deeper than ${maximumDepth} parentheses and negations`);
    }
    const parts = [this.#all(field, depth)];
    while (this.#takeWord('OR') || this.#takeSymbol('||')) {
      parts.push(this.#all(field, depth));
    }
    return joined('or', parts);
  }

  #all(field: string | undefined, depth: number): UserQuery {
    const parts = [this.#one(field, depth)];
    while (!this.isAtEnd() && !this.#isAtEndOfAll()) {
      const isJoined = this.#takeWord('AND') || this.#takeSymbol('&&');
      if (isJoined && (this.isAtEnd() || this.#isAtEndOfAll())) {
        throw this.error('is not expected here: a term must follow AND');
      }
      parts.push(this.#one(field, depth));
    }
    return joined('and', parts);
  }

  #isAtEndOfAll(): boolean {
    return this.text.startsWith(')', this.#at) || this.text.startsWith('||', this.#at) || this.#isWord('OR');
  }

  #one(field: string | undefined, depth: number): UserQuery {
    this.#skipBlanks();
    if (this.#takeWord('NOT') || this.#takeSymbol('!') || this.#takeSymbol('-')) {
      if (depth >= maximumDepth) {
        throw this.error(`is nested deeper than ${maximumDepth} parentheses and negations`);
      }
      return { kind: 'not', of: this.#one(field, depth + 1) };
    }
    if (this.#takeSymbol('(')) {
      const query = this.either(field, depth + 1);
      if (!this.#takeSymbol(')')) {
        throw this.error('is not expected here: a parenthesis is not closed');
      }
      return query;
    }
    if (this.#isWord('AND') || this.#isWord('OR')) {
      throw this.error('is not expected here: a term must precede AND and OR');
    }
    return this.#term(field, depth);
  }

  #term(field: string | undefined, depth: number): UserQuery {
    this.#terms += 1;
    if (this.#terms > maximumTerms) {
      throw this.error(`begins one term too many: a query may have ${maximumTerms}`);
    }
    if (this.text.startsWith('"', this.#at)) {
      return { kind: 'matches', field, pattern: [this.#phrase()] };
    }
    const name = /^(?:[\p{L}\p{N}_.-]|\\.)+(?=:)/u.exec(this.text.slice(this.#at, this.#at + 200))?.[0];
    if (name !== undefined && field === undefined) {
      this.#at += name.length + 1;
      return name === '_exists_' ? this.#exists() : this.#ofField(searchField(name.replace(/\\(.)/gu, '$1')), depth);
    }
    const pattern = this.#word();
    const isAnything = pattern.length === 1 && pattern[0] === anyCharacters && field === undefined;
    return isAnything ? { kind: 'all' } : { kind: 'matches', field, pattern };
  }

  #ofField(field: string, depth: number): UserQuery {
    this.#skipBlanks();
    return this.text.startsWith('(', this.#at) || this.text.startsWith('"', this.#at)
      ? this.#one(field, depth)
      : { kind: 'matches', field, pattern: this.#word() };
  }

  #exists(): UserQuery {
    const [name] = this.#word();
    return { kind: 'exists', field: searchField(typeof name === 'string' ? name : '') };
  }

  #phrase(): string {
    let phrase = '';
    for (this.#at += 1; !this.text.startsWith('"', this.#at); this.#at += 1) {
      if (this.text.startsWith('\\', this.#at)) {
        this.#at += 1;
      }
      if (this.#at >= this.text.length) {
        throw this.error('is not expected here: a quoted phrase is not closed');
      }
      phrase += this.text.charAt(this.#at);
    }
    this.#at += 1;
    return phrase;
  }

  #word(): Pattern {
    if (this.text.startsWith('+', this.#at)) {
      throw this.error('is not understood here: every term is required anyway. Put \\ before it to look for it');
    }
    const pattern = this.pattern((character) => {
      const meaning = notUnderstood.get(character);
      if (meaning !== undefined || character === ':' || character === '!' || character === '"') {
        throw this.error(
          `is not understood here${meaning === undefined ? '' : `: ${meaning} are left out`}. Put \\ before it to look for it`,
        );
      }
      return /[\s()]/.test(character) || this.text.startsWith('&&', this.#at) || this.text.startsWith('||', this.#at);
    });
    if (pattern.length === 0) {
      throw this.error('is not expected here: a term is missing');
    }
    return pattern;
  }

  /** Reads up to an unescaped character at which `isEnd`. */
  pattern(isEnd: (character: string) => boolean): Pattern {
    const parts: (string | Wildcard)[] = [];
    let text = '';
    const add = (part: Wildcard) => {
      parts.push(...(text === '' ? [] : [text]), part);
      text = '';
    };
    for (; this.#at < this.text.length; this.#at += 1) {
      const character = this.text.charAt(this.#at);
      if (character === '\\') {
        this.#at += 1;
        if (this.#at >= this.text.length) {
          throw this.error('is not expected here: a character must follow \\');
        }
        text += this.text.charAt(this.#at);
      } else if (character === '*') {
        add(anyCharacters);
      } else if (character === '?') {
        add({ wildcard: '?' });
      } else if (isEnd(character)) {
        break;
      } else {
        text += character;
      }
    }
    return text === '' ? parts : [...parts, text];
  }

  #skipBlanks(): void {
    while (/\s/.test(this.text.charAt(this.#at))) {
      this.#at += 1;
    }
  }

  #isWord(word: string): boolean {
    return this.text.startsWith(word, this.#at) && /^$|[\s()"]/.test(this.text.charAt(this.#at + word.length));
  }

  #takeWord(word: string): boolean {
    this.#skipBlanks();
    return this.#isWord(word) && this.#take(word);
  }

  #takeSymbol(symbol: string): boolean {
    this.#skipBlanks();
    return this.text.startsWith(symbol, this.#at) && this.#take(symbol);
  }

  #take(text: string): true {
    this.#at += text.length;
    return true;
  }
}

function joined(kind: 'and' | 'or', parts: readonly UserQuery[]): UserQuery {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind, of: parts };
}
