import type { FastifyInstance } from 'fastify';
import { type ConsolePagesOptions, registerConsolePages } from './console-pages.js';
import { registerSignIn, type SignInRoutesOptions } from './sign-in-routes.js';

interface ConsoleOptions extends ConsolePagesOptions, SignInRoutesOptions {}

/** Serves the pages of the console and its sign-in. Its calls go to `/graphql`. */
export function registerConsole(app: FastifyInstance, options: ConsoleOptions): void {
  app.register(async (pages) => registerConsolePages(pages, options));
  app.register(async (routes) => registerSignIn(routes, options));
}
