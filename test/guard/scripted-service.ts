import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, FlattenedSign, generateKeyPair } from 'jose';

interface RevocationRecord {
  readonly id: string;
  readonly sessionId: string | null;
  readonly userId: string | null;
  readonly applicationId: string | null;
  readonly issuedBefore: string;
  readonly expiresAt: string;
}

type About = Partial<Pick<RevocationRecord, 'sessionId' | 'userId' | 'applicationId' | 'issuedBefore' | 'expiresAt'>>;

interface Operation {
  readonly kind: 'revocations' | 'sessions' | 'subscription' | 'viewer';
  readonly variables: Readonly<Record<string, unknown>>;
  readonly authorization: string | undefined;
  readonly tenants: string | undefined;
}

export const shopId = 'a0000000-0000-4000-8000-000000000001';
export const aliceId = 'b0000000-0000-4000-8000-000000000001';
export const serviceKey = 'the-service-key-of-the-guard';
export const sessionNumber = (number: number) => `e0000000-0000-4000-8000-${number.toString(16).padStart(12, '0')}`;

const { privateKey, publicKey } = await generateKeyPair('RS256');
const jwk = { ...(await exportJWK(publicKey)), alg: 'RS256', use: 'sig' };

/** Signs claims as FusionAuth would: by default a token of alice for the shop, issued now and good for an hour. */
export function signToken(
  changes: Readonly<Record<string, unknown>> = {},
  typ = 'JWT',
  header: Readonly<Record<string, unknown>> = {},
): Promise<string> {
  const now = Math.floor(Date.now() / 1_000);
  const claims = { iss: 'acme.com', aud: shopId, sub: aliceId, sid: sessionNumber(1), iat: now, exp: now + 3_600 };
  const all = Object.entries({ ...claims, ...changes }).filter(([, value]) => value !== undefined);
  return signText(JSON.stringify(Object.fromEntries(all)), { typ, ...header });
}

/** Signs any payload as FusionAuth would sign claims. */
export async function signText(text: string, changes: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const all = Object.entries({ alg: 'RS256', kid: 'one', typ: 'JWT', ...changes });
  const header = Object.fromEntries(all.filter(([, value]) => value !== undefined));
  const extensions = Array.isArray(header['crit']) ? header['crit'] : [];
  const signing = new FlattenedSign(new TextEncoder().encode(text)).setProtectedHeader({ ...header, alg: 'RS256' });
  const crit = Object.fromEntries(extensions.map((name) => [name, true]));
  const { protected: encoded, payload, signature } = await signing.sign(privateKey, { crit });
  // One that is not encoded is left out there.
  return `${encoded}.${payload || text}.${signature}`;
}

/** What the guard speaks to: the answers of the service, as far as it needs them, and whatever a test makes of them. */
export class ScriptedService implements AsyncDisposable {
  readonly operations: Operation[] = [];
  /** Sets the ids of this process of the service apart. */
  process = 'test';
  readonly recorded: { readonly revocation: RevocationRecord }[] = [];
  readonly ended = new Set<string>();
  completeSince = 0;
  /** How long ago sessions that live were last known to, in milliseconds; statuses by session, where they are others. */
  ageMs = 0;
  readonly statuses = new Map<string, string>();
  /** The content type of streams. */
  streamType = 'text/event-stream; charset=utf-8';
  viewer: Readonly<Record<string, unknown>> = {
    permissions: ['event:subscribe', 'session:read'],
    tenantIds: null,
    applicationIds: null,
  };
  /** Answers every operation that it says true of, instead of the service. */
  intercept: (operation: Operation, response: ServerResponse) => boolean | Promise<boolean> = () => false;
  /** Under which the key is published. */
  readonly keyIds = ['one'];
  jwksFails = false;
  jwksCount = 0;
  readonly #streams = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => void this.#answer(request, response));

  static async start(port = 0): Promise<ScriptedService> {
    const service = new ScriptedService();
    await new Promise<void>((resolve) => service.#server.listen(port, '127.0.0.1', resolve));
    return service;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get streamCount(): number {
    return this.#streams.size;
  }

  count(kind: Operation['kind']): number {
    return this.operations.filter((operation) => operation.kind === kind).length;
  }

  /** Records a revocation without telling anyone. */
  record(about: About): RevocationRecord {
    const revocation = {
      id: `${this.process}-${this.recorded.length + 1}`,
      sessionId: null,
      userId: null,
      applicationId: null,
      issuedBefore: new Date().toISOString(),
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
      ...about,
    };
    this.recorded.push({ revocation });
    return revocation;
  }

  revoke(about: About): RevocationRecord {
    const revocation = this.record(about);
    this.tell(revocation);
    return revocation;
  }

  tell(revocation: unknown): void {
    const event = { id: 'event-1', occurredAt: new Date().toISOString(), revocation };
    this.say(`event: next\ndata: ${JSON.stringify({ data: { sessionEvents: event } })}\n\n`);
  }

  fail(code: string): void {
    const result = { errors: [{ message: 'Something', extensions: { code } }] };
    this.say(`event: next\ndata: ${JSON.stringify(result)}\n\n: end\n\n`);
  }

  say(text: string): void {
    for (const stream of this.#streams) stream.write(text);
  }

  breakStreams(): void {
    for (const stream of this.#streams) stream.destroy();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/.well-known/jwks.json') {
      this.jwksCount++;
      const jwks = { keys: this.keyIds.map((kid) => ({ ...jwk, kid })) };
      response.writeHead(this.jwksFails ? 500 : 200, { 'content-type': 'application/json' }).end(JSON.stringify(jwks));
      return;
    }
    let body = '';
    for await (const chunk of request) body += chunk;
    const { query, variables = {} } = JSON.parse(body);
    const kind = /revocationsCompleteSince/.test(query)
      ? 'revocations'
      : /liveSessions\(/.test(query)
        ? 'sessions'
        : /viewer/.test(query)
          ? 'viewer'
          : 'subscription';
    const { authorization, 'x-fusionauth-tenantid': tenants } = request.headers;
    const operation: Operation = { kind, variables, authorization, tenants: tenants?.toString() };
    this.operations.push(operation);
    if (await this.intercept(operation, response)) return;
    if (kind === 'subscription') return this.#openStream(response);
    if (kind === 'viewer') return sendData(response, { viewer: this.viewer });
    if (kind === 'sessions') return sendData(response, this.#sessions(variables));
    if (this.#isForgotten(variables)) return sendErrors(response, 'BAD_USER_INPUT', 'after names no revocation');
    sendData(response, this.#revocations(variables));
  }

  #openStream(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': this.streamType }).write(':\n\n');
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
  }

  #sessions({ ids }: Operation['variables']) {
    const liveSessions = (Array.isArray(ids) ? ids : []).map((sessionId: string) => {
      const status = this.statuses.get(sessionId) ?? (this.ended.has(sessionId) ? 'ENDED' : 'LIVES');
      return { sessionId, status, ageMilliseconds: status === 'LIVES' ? this.ageMs : null };
    });
    return { liveSessions };
  }

  #isForgotten({ after }: Operation['variables']): boolean {
    return typeof after === 'string' && !this.recorded.some(({ revocation }) => revocation.id === after);
  }

  #revocations({ after, first }: Operation['variables']) {
    const position = this.recorded.findIndex(({ revocation }) => revocation.id === after);
    const list = this.recorded.slice(position + 1).map(({ revocation }) => revocation);
    return {
      revocationsCompleteSince: new Date(this.completeSince).toISOString(),
      revocations: list.slice(0, Number(first)),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }
}

export function sendData(response: ServerResponse, data: unknown): void {
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ data }));
}

export function sendErrors(response: ServerResponse, code: string, message: string, status = 200): void {
  const errors = [{ message, extensions: { code, requestId: 'request-1' } }];
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ errors }));
}

/** Waits until something is so. */
export async function until(isSo: () => boolean, waitMs = 45_000): Promise<void> {
  const giveUpAt = performance.now() + waitMs;
  while (!isSo()) {
    if (performance.now() > giveUpAt) throw new Error(`It did not come to be that ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
