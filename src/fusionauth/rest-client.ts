import { FusionAuthClient } from '@fusionauth/typescript-client';
import type clientResponse from '@fusionauth/typescript-client/build/src/ClientResponse.js';
import type restClient from '@fusionauth/typescript-client/build/src/IRESTClient.js';
import type restClientBuilder from '@fusionauth/typescript-client/build/src/IRESTClientBuilder.js';
import type { TenantId } from '../domain/ids.js';
import type { TransportRequest, TransportResponse } from './transport-call.js';

/** Sends the calls. */
interface Sender {
  send(request: TransportRequest): Promise<TransportResponse>;
}

/**
 * The official client over our transport. Its own has no deadline and no retry, and does not encode path segments.
 * Calls reject with a FusionAuthCallError.
 *
 * @param tenantId Sent as X-FusionAuth-TenantId with every call. One client serves one tenant for its whole life.
 */
export function createClient(transport: Sender, apiKey: string, tenantId: TenantId | null): FusionAuthClient {
  // The transport knows the host.
  const client = new FusionAuthClient(apiKey, '', tenantId ?? undefined);
  client.clientBuilder = new RestClientBuilder(transport);
  return client;
}

class RestClientBuilder implements restClientBuilder.default {
  constructor(private readonly transport: Sender) {}

  build<RT, ERT>(): restClient.default<RT, ERT> {
    return new RestClient<RT, ERT>(this.transport);
  }
}

/** One call, assembled by the official client method by method. Refuses segments that would change the endpoint. */
class RestClient<RT, ERT> implements restClient.default<RT, ERT> {
  /** `accept-encoding` keeps proxies from compressing answers, which costs more than it saves beside FusionAuth. */
  readonly #headers: Record<string, string> = { 'accept-encoding': 'identity' };
  #parameters: URLSearchParams | null = null;
  #method = 'GET';
  #path = '';
  #body: string | undefined;

  constructor(private readonly transport: Sender) {}

  withAuthorization(key: string | undefined): this {
    return key === undefined ? this : this.withHeader('authorization', key);
  }

  withUri(uri: string): this {
    this.#path = uri;
    return this;
  }

  /**
   * Checks the segment. `DELETE /api/jwt/refresh/{id}` with an empty id, or with one that a proxy resolves, would
   * revoke in bulk.
   */
  withUriSegment(segment: string | number | null | undefined): this {
    if (segment === undefined || segment === null || segment === '' || segment === '.' || segment === '..') {
      throw new TypeError(`The path segment after ${this.#path} is missing or changes the path`);
    }
    this.#path += `/${encodeURIComponent(segment)}`;
    return this;
  }

  withParameter(name: string, value: unknown): this {
    if (value === undefined || value === null) return this;
    this.#parameters ??= new URLSearchParams();
    for (const item of Array.isArray(value) ? value : [value]) this.#parameters.append(name, String(item));
    return this;
  }

  withHeader(name: string, value: string): this {
    this.#headers[name.toLowerCase()] = value;
    return this;
  }

  withMethod(method: string): this {
    this.#method = method;
    return this;
  }

  withJSONBody(body: object): this {
    this.#body = JSON.stringify(body);
    return this.withHeader('content-type', 'application/json');
  }

  withFormData(body: URLSearchParams): this {
    this.#body = body.toString();
    return this.withHeader('content-type', 'application/x-www-form-urlencoded');
  }

  withCredentials(): this {
    return this;
  }

  withResponseHandler(): this {
    return this;
  }

  withErrorResponseHandler(): this {
    return this;
  }

  go(): Promise<clientResponse.default<RT>> {
    const query = this.#parameters?.toString() ?? '';
    const sent = this.transport.send({
      method: this.#method,
      path: query === '' ? this.#path : `${this.#path}?${query}`,
      headers: this.#headers,
      body: this.#body,
      repeatable: this.#isRepeatable(query),
      isSearch: this.#isSearch,
    });
    return sent.then(asClientResponse<RT>);
  }

  get #isSearch(): boolean {
    return this.#method === 'POST' && searches.includes(this.#path);
  }

  /** True for reads, and for the deletion of one refresh token by its id or its value. */
  #isRepeatable(query: string): boolean {
    switch (this.#method) {
      case 'GET':
        return true;
      case 'POST':
        return this.#isSearch;
      case 'DELETE':
        return query === ''
          ? /^\/api\/jwt\/refresh\/[^/]+$/.test(this.#path)
          : this.#path === '/api/jwt/refresh' && /^token=[^&]+$/.test(query);
      default:
        return false;
    }
  }
}

const searches = ['/api/user/search', '/api/system/login-record/search'];

/** The client's types promise more than FusionAuth does, so every answer is decoded before it is used. */
function asClientResponse<RT>({ statusCode, body }: TransportResponse): clientResponse.default<RT> {
  return { statusCode, response: body as RT } as clientResponse.default<RT>;
}
