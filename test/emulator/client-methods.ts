import { FusionAuthClient } from '@fusionauth/typescript-client';

/** Which endpoint a method of the official client calls. */
export interface ClientMethod {
  readonly name: string;
  readonly method: string;
  /** With `:name` for each parameter, as the emulator's list of FusionAuth's paths has it. */
  readonly path: string;
}

/** Set-up of the client and of single calls, which call nothing by themselves. */
const callNothing = new Set(['constructor', 'setRequestCredentials', 'setTenantId', 'start', 'startAnonymous']);

/** Every method of the official client with its endpoint, learned by having each of them make a call that goes nowhere. */
export function clientMethods(): ClientMethod[] {
  const names = Object.getOwnPropertyNames(FusionAuthClient.prototype).filter((name) => !callNothing.has(name));
  return names.map((name) => ({ name, ...endpointOf(name) }));
}

function endpointOf(name: string): Pick<ClientMethod, 'method' | 'path'> {
  const called = { method: '', path: '' };
  const client = new FusionAuthClient('a key', 'http://nowhere.example');
  const recorder: unknown = new Proxy(
    {},
    {
      get: (_target, step) => {
        switch (step) {
          case 'withUri':
            return (uri: string) => {
              called.path += uri;
              return recorder;
            };
          case 'withUriSegment':
            return (segment: string | null | undefined) => {
              called.path += segment === null || segment === undefined ? '' : `/${segment}`;
              return recorder;
            };
          case 'withMethod':
            return (method: string) => {
              called.method = method;
              return recorder;
            };
          case 'go':
            return async () => ({ response: {} });
          default:
            return () => recorder;
        }
      },
    },
  );
  Object.assign(client, { clientBuilder: { build: () => recorder } });
  const method: unknown = Reflect.get(client, name);
  if (typeof method === 'function') {
    Reflect.apply(method, client, parametersOf(method.toString()));
  }
  return called;
}

/** An argument for each parameter: a request where it is one, else a placeholder of its name. */
function parametersOf(source: string): unknown[] {
  const names = source.slice(source.indexOf('(') + 1, source.indexOf(')')).split(',');
  return names
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .map((name) => (/request/i.test(name) ? {} : `:${name}`));
}
