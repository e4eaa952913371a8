import { fastifyCookie } from '@fastify/cookie';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ConsoleAddress } from './console-address.js';

/**
 * The cookies of the console. Over https their names have the prefix `__Host-`, with which browsers keep other hosts
 * and paths from setting them. Over http, which is for this machine alone, browsers would refuse that prefix.
 */
export class ConsoleCookies {
  /** Of the signed-in person. Never sent with a request that a page of another site caused. */
  readonly session: ConsoleCookie;
  /**
   * Of a sign-in under way. FusionAuth's pages are another site, so that `Strict` would keep it from the callback; `Lax`
   * lets it come with a navigation.
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

  /** Its value; null without one, and where there are several: then somebody else has set one of them. */
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
