import { startEmulator } from '../../src/emulator/emulator.js';
import { describeFusionAuthContract } from './fusionauth-contract.js';
import { createFusionAuthGateway } from './gateway/fusionauth-gateway.js';
import { describeSessionGateway } from './session-gateway-contract.js';

const connect = async () => ({ ...(await startEmulator()), isComplete: true });

describeFusionAuthContract(connect);
describeSessionGateway(connect, createFusionAuthGateway);
