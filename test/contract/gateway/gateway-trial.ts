import { parseTenantId, parseUserId, type UserId } from '../../../src/domain/ids.js';
import type { Directory } from '../../../src/domain/ports/directory.js';
import type { SessionGateway } from '../../../src/domain/ports/session-gateway.js';
import { openContract, type Trial } from '../promises.js';
import type { Connect, Member } from '../world.js';

/** Our own side of the connection to one FusionAuth. */
export interface Gateway extends AsyncDisposable {
  readonly sessions: SessionGateway;
  readonly directory: Directory;
  check(): Promise<void>;
}

export interface GatewayTarget {
  readonly baseUrl: string;
  readonly apiKey: string;
  readonly tenantId: NonNullable<ReturnType<typeof parseTenantId>>;
}

export type CreateGateway = (target: GatewayTarget) => Gateway;

export interface GatewayTrial extends Trial {
  readonly target: GatewayTarget;
  readonly gateway: Gateway;
}

/** A promise of the ports, tried with a gateway of its own that is bound to the contract's tenant. */
export type GatewayPromise = (name: string, check: (trial: GatewayTrial) => Promise<void>) => void;

/** Opens a contract in the current `describe`, as {@link openContract} does. */
export function openGatewayContract(connect: Connect, createGateway: CreateGateway): GatewayPromise {
  const { promise } = openContract(connect);
  return (name, check) =>
    promise(name, async (t) => {
      const { instance, tenantId } = t.world;
      const target = { baseUrl: instance.url, apiKey: instance.apiKey, tenantId: parsed(parseTenantId, tenantId) };
      await using gateway = createGateway(target);
      await check({ ...t, target, gateway });
    });
}

export const userIdOf = (member: Member): UserId => parsed(parseUserId, member.id);

/** An id that FusionAuth gave, as the ports take it. */
export function parsed<Id>(parse: (value: unknown) => Id | undefined, value: string): Id {
  const id = parse(value);
  if (id === undefined) throw new Error(`${value} is no id`);
  return id;
}
