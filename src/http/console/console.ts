import type { FastifyInstance } from 'fastify';
import { type ConsolePagesOptions, registerConsolePages } from './console-pages.js';
import { registerSignIn, type SignInRoutesOptions } from './sign-in-routes.js';

interface ConsoleOptions extends ConsolePagesOptions, SignInRoutesOptions {}

/** The console: its pages, and signing in to them. Its calls come to `/graphql`. */
export function registerConsole(app: FastifyInstance, options: ConsoleOptions): void {
  app.register(async (pages) => registerConsolePages(pages, options));
  app.register(async (routes) => registerSignIn(routes, options));
}
