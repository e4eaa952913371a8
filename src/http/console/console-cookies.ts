import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleAddress } from './console-address.js';

/**
 * The cookies of the console. Over https their names have the prefix `__Host-`, with which browsers keep other hosts
 * and paths from setting them. Over http, which is for this machine alone, browsers would refuse that prefix.
 */
export class ConsoleCookies {
  /** The cookie of the signed-in person. Browsers never send it with a request that a page of another site caused. */
  readonly session: ConsoleCookie;
  /**
   * The cookie of a sign-in under way. FusionAuth's pages are another site, so `Strict` would keep it from the
   * callback; with `Lax` it comes with a navigation.
   */
  readonly login: ConsoleCookie;

  constructor({ url, basePath }: ConsoleAddress, loginSeconds: number) {
    const isSecure = url?.startsWith('https:') ?? false;
    const prefix = isSecure ? '__Host-' : '';
    const common = { httpOnly: true, secure: isSecure, path: isSecure || basePath === '' ? '/' : basePath } as const;
    const name = `${prefix}fusionauth-sessions-console`;
    this.session = new ConsoleCookie(name, { ...common, sameSite: 'strict' });
    this.login = new ConsoleCookie(`${name}-login`, { ...common, sameSite: 'lax', maxAge: loginSeconds });
  }
}

type Attributes = NonNullable<Parameters<typeof fastifyCookie.serialize>[2]>;

class ConsoleCookie {
  constructor(
    readonly name: string,
    private readonly attributes: Attributes,
  ) {}

  /** The value in a request; null without one, and when there are several, of which somebody else has set one. */
  in({ headers }: FastifyRequest): string | null {
    const start = `${this.name}=`;
    const found = (headers.cookie ?? '')
      .split(';')
      .map((part) => part.trim())
      .filter((part) => part.startsWith(start));
    const [only] = found;
    return only === undefined || found.length > 1 ? null : only.slice(start.length);
  }

  set(reply: FastifyReply, value: string): void {
    reply.header('set-cookie', fastifyCookie.serialize(this.name, value, this.attributes));
  }

  clear(reply: FastifyReply): void {
    reply.header('set-cookie', fastifyCookie.serialize(this.name, '', { ...this.attributes, maxAge: 0 }));
  }
}
