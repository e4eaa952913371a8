import type { ApiKey } from './instance-records.js';

/** API keys by secret and by id. */
export class ApiKeyTable {
  readonly #bySecret = new Map<string, ApiKey>();
  readonly #byId = new Map<string, ApiKey>();

  /** Inserts or replaces a key. */
  put(apiKey: ApiKey): void {
    this.delete(apiKey.id);
    this.#bySecret.set(apiKey.key, apiKey);
    this.#byId.set(apiKey.id, apiKey);
  }

  get(id: string): ApiKey | undefined {
    return this.#byId.get(id);
  }

  findBySecret(secret: string): ApiKey | undefined {
    return this.#bySecret.get(secret);
  }

  values(): ApiKey[] {
    return [...this.#byId.values()];
  }

  clear(): void {
    this.#bySecret.clear();
    this.#byId.clear();
  }

  delete(id: string): void {
    const apiKey = this.#byId.get(id);
    if (apiKey !== undefined) {
      this.#byId.delete(id);
      this.#bySecret.delete(apiKey.key);
    }
  }
}
