import type { z } from 'zod';

/** Time for one call, in milliseconds. */
const callTimeoutMs = 15_000;

export interface CallOptions {
  /** Sent as JSON. */
  readonly json?: object;
  /** Sent as a form. */
  readonly form?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** The `Authorization` header. Default: the API key. Null: none. */
  readonly authorization?: string | null;
  /** The `X-FusionAuth-TenantId` header. */
  readonly tenantId?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One FusionAuth, called with plain HTTP so that status codes, bodies and redirects are seen as they are. */
export class Instance {
  constructor(
    /** Base URL without a trailing slash. */
    readonly url: string,
    readonly apiKey: string,
  ) {}

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { json, form, query, authorization = this.apiKey, tenantId } = options;
    const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
    const body = json !== undefined ? JSON.stringify(json) : form !== undefined ? new URLSearchParams(form) : null;
    const response = await fetch(`${this.url}${path}${search}`, {
      method,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(callTimeoutMs),
      headers: {
        ...(authorization === null ? {} : { authorization }),
        ...(tenantId === undefined ? {} : { 'x-fusionauth-tenantid': tenantId }),
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
    });
    return new Answer(`${method} ${path}`, response.status, response.headers, await response.text());
  }
}

export class Answer {
  constructor(
    /** Method and path. */
    readonly call: string,
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
  ) {}

  /**
   * The body, when the status is the one expected.
   * @throws Error that names the call, its status and what is wrong with its body.
   */
  read<S extends z.ZodType>(schema: S, status = 200): z.output<S> {
    this.expect(status);
    const parsed = schema.safeParse(this.#json());
    if (parsed.success) return parsed.data;
    const problems = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new Error(`${this.call} answered ${status} with an unexpected body: ${problems.join('; ')}`);
  }

  /** @throws Error that names the call and its answer. */
  expect(...statuses: readonly number[]): void {
    if (!statuses.includes(this.status)) {
      throw new Error(`${this.call} answered ${this.summary}, expected ${statuses.join(' or ')}`);
    }
  }

  /** Status and body in one line, without tokens: long texts that hold no space are left out. */
  get summary(): string {
    const body = this.text.replaceAll(/\s+/g, ' ').replaceAll(/"[^"\s]{41,}"/g, '"..."');
    return `${this.status} ${body === '' ? 'with an empty body' : body.slice(0, 300)}`;
  }

  /**
   * True when the answer says that there is no such endpoint, as FusionAuth before the version that brought it does.
   * Only for calls that are never answered 404 otherwise.
   */
  get isMissingEndpoint(): boolean {
    return this.status === 404 || this.status === 405 || this.status === 501;
  }

  /** Undefined for an empty body and for one that is no JSON. */
  #json(): unknown {
    try {
      return JSON.parse(this.text);
    } catch {
      return undefined;
    }
  }
}
