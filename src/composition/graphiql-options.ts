import { demoUserId } from '../banner.js';
import type { Config } from '../config/config.js';
import { isLoopback } from '../config/loopback.js';
import type { GraphiQLOptions } from '../http/graphiql.js';

/**
 * GraphiQL shows the key of a demo, which everybody who can reach the demo knows, and never a key of a real FusionAuth.
 */
export function graphiqlOf(config: Config, demoServiceKey: string | null): GraphiQLOptions {
  const isDemo = config.fusionAuth.url === null;
  return {
    introspection: config.introspection,
    basePath: config.http.basePath,
    demoKey: isDemo && isLoopback(config.http.host) ? demoServiceKey : null,
    exampleUserId: isDemo ? demoUserId : null,
  };
}
