import { demoUserId } from '../banner.js';
import type { Config } from '../config/config.js';
import { isLoopback } from '../config/loopback.js';
import type { GraphiQLOptions } from '../http/graphiql.js';

/** The key of a demo is known to everybody who can reach it; one in front of a real FusionAuth is shown to nobody. */
export function graphiqlOf(config: Config, demoServiceKey: string | null): GraphiQLOptions {
  const isDemo = config.fusionAuth.url === null;
  return {
    introspection: config.introspection,
    basePath: config.http.basePath,
    demoKey: isDemo && isLoopback(config.http.host) ? demoServiceKey : null,
    exampleUserId: isDemo ? demoUserId : null,
  };
}
