import { describeFusionAuthContract } from './fusionauth-contract.js';
import { createFusionAuthGateway } from './gateway/fusionauth-gateway.js';
import { describeSessionGateway } from './session-gateway-contract.js';
import { parseTarget } from './target.js';
import type { Connection } from './world.js';

const target = parseTarget(process.env);
if (!target.ok) throw new Error(target.problems.join('\n'));

const connect = async (): Promise<Connection> => ({ ...target, [Symbol.asyncDispose]: async () => {} });

describeFusionAuthContract(connect);
describeSessionGateway(connect, createFusionAuthGateway);
