/** A record without meaning to the emulator, as it came, with its id and instants. */
export interface KeptDocument {
  readonly id: string;
  readonly tenantId?: string;
  readonly [member: string]: unknown;
}

/** Documents of many collections. A collection is named by its path. */
export class DocumentTable {
  readonly #collections = new Map<string, Map<string, KeptDocument>>();

  of(collection: string): ReadonlyMap<string, KeptDocument> {
    return this.#collections.get(collection) ?? new Map();
  }

  put(collection: string, document: KeptDocument): void {
    const known = this.#collections.get(collection);
    if (known === undefined) {
      this.#collections.set(collection, new Map([[document.id, document]]));
    } else {
      known.set(document.id, document);
    }
  }

  delete(collection: string, id: string): void {
    this.#collections.get(collection)?.delete(id);
  }

  /** Every document with its collection. */
  entries(): [string, KeptDocument][] {
    return [...this.#collections].flatMap(([collection, documents]) =>
      [...documents.values()].map((document): [string, KeptDocument] => [collection, document]),
    );
  }

  clear(): void {
    this.#collections.clear();
  }
}
