import type { FastifyReply, FastifyRequest } from 'fastify';
import { fusionAuthPages } from '../fusionauth-pages.js';
import { fusionAuthPaths } from '../fusionauth-paths.js';
import { type ApiError, generalError } from '../http/errors-json.js';
import { pathOf } from '../http/request-input.js';
import type { KnownRoute, RouteTable } from '../http/route-table.js';
import { pathMatcher } from '../path-pattern.js';

/** 501 `[NotEmulated]`: FusionAuth has the endpoint and the emulator does not. FusionAuth itself never answers this code. */
export function notEmulated(what: string): ApiError {
  return generalError('[NotEmulated]', `FusionAuth has ${what}; the emulator does not.`, 501);
}

/** Registers the endpoints of FusionAuth that are missing, so that each says that it is not emulated. */
export function registerNotEmulated(routes: RouteTable): void {
  const known = new Set(routes.known.map(({ method, path }) => `${method} ${anonymous(path)}`));
  for (const [path, methods] of Object.entries({ ...fusionAuthPaths, ...fusionAuthPages })) {
    for (const method of methods.split(' ').filter((one) => !known.has(`${one} ${anonymous(path)}`))) {
      routes.on(method, path, async () => {
        throw notEmulated(`${method} ${path}`);
      });
    }
  }
}

/** 405 for a path that exists with another method, otherwise 404; neither has a body (API overview, status codes). */
export function answerUnknownRoute(routes: readonly KnownRoute[]) {
  let matchers: readonly ((path: string) => boolean)[] | undefined;
  return async (request: FastifyRequest, reply: FastifyReply) => {
    matchers ??= [...new Set(routes.map(({ path }) => path))].map(pathMatcher);
    const path = pathOf(request);
    return reply.code(matchers.some((matches) => matches(path)) ? 405 : 404).send();
  };
}

function anonymous(path: string): string {
  return path.replace(/:\w+/g, ':');
}
