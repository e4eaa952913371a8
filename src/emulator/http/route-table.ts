import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers a request; what it returns is sent, unless it has sent something itself. */
type RouteHandler = (request: FastifyRequest, reply: FastifyReply) => unknown;

/** A route as it was registered. */
export interface KnownRoute {
  readonly method: string;
  readonly path: string;
}

interface Endpoint {
  readonly handler: RouteHandler;
  /** Of its `:name` segments, in order: another method may name them differently. */
  readonly names: readonly string[];
}

/** What follows a beginning of paths. */
interface Branch {
  readonly bySegment: Map<string, Branch>;
  /** What stands under a `:name` segment. */
  any: Branch | null;
  readonly byMethod: Map<string, Endpoint>;
}

/**
 * The endpoints of an emulator, by method and path. `:name` segments stand for any one segment, and a segment that is
 * spelled out goes before them. Fastify's own routes would be half of the time that an emulator takes to start, of which
 * tests start thousands.
 */
export class RouteTable {
  readonly #root = newBranch();
  readonly #known: KnownRoute[] = [];

  /** Every route, in the order of registration. */
  get known(): readonly KnownRoute[] {
    return this.#known;
  }

  /** Has a server answer by these routes, and everything else by another handler. */
  answer(app: FastifyInstance, unknown: RouteHandler): void {
    app.all('*', (request, reply) => {
      const found = this.#find(request);
      if (found === null) return unknown(request, reply);
      request.params = found.params;
      return found.handler(request, reply);
    });
  }

  /** @throws RangeError when there is such a route already. */
  on(method: string, path: string, handler: RouteHandler): void {
    let branch = this.#root;
    const names: string[] = [];
    for (const segment of segmentsOf(path)) {
      if (segment.startsWith(':')) {
        names.push(segment.slice(1));
        branch.any ??= newBranch();
        branch = branch.any;
      } else {
        const next = branch.bySegment.get(segment) ?? newBranch();
        branch.bySegment.set(segment, next);
        branch = next;
      }
    }
    if (branch.byMethod.has(method)) throw new RangeError(`There are two routes for ${method} ${path}`);
    branch.byMethod.set(method, { handler, names });
    this.#known.push({ method, path });
  }

  readonly get = (path: string, handler: RouteHandler) => this.on('GET', path, handler);
  readonly head = (path: string, handler: RouteHandler) => this.on('HEAD', path, handler);
  readonly post = (path: string, handler: RouteHandler) => this.on('POST', path, handler);
  readonly put = (path: string, handler: RouteHandler) => this.on('PUT', path, handler);
  readonly patch = (path: string, handler: RouteHandler) => this.on('PATCH', path, handler);
  readonly delete = (path: string, handler: RouteHandler) => this.on('DELETE', path, handler);

  #find({ method, url }: FastifyRequest) {
    const segments = segmentsOf(url.split('?', 1)[0] ?? '').map(decodeURIComponent);
    const values: string[] = [];
    const endpoint = endpointAt(this.#root, method, segments, 0, values);
    if (endpoint === null) return null;
    const params = Object.fromEntries(endpoint.names.map((name, index) => [name, values[index]]));
    return { handler: endpoint.handler, params };
  }
}

/** @param values Gets what stands in the place of `:name` segments. */
function endpointAt(
  { bySegment, any, byMethod }: Branch,
  method: string,
  segments: readonly string[],
  depth: number,
  values: string[],
): Endpoint | null {
  const segment = segments[depth];
  if (segment === undefined) return byMethod.get(method) ?? null;
  const spelledOut = bySegment.get(segment);
  const found = spelledOut && endpointAt(spelledOut, method, segments, depth + 1, values);
  if (found) return found;
  if (any === null || segment === '') return null;
  values.push(segment);
  const other = endpointAt(any, method, segments, depth + 1, values);
  if (other === null) values.pop();
  return other;
}

function newBranch(): Branch {
  return { bySegment: new Map(), any: null, byMethod: new Map() };
}

/** FusionAuth's clients end the path with a slash when an optional id is empty. */
function segmentsOf(path: string): readonly string[] {
  return path.slice(1).replace(/\/$/, '').split('/');
}
