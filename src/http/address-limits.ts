import { createHash, randomBytes } from 'node:crypto';
import type { Server } from 'node:http';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { type ClientAddresses, limitedNetwork } from './client-address.js';
import type { HttpTelemetry } from './telemetry.js';

/**
 * How many counts there are: about 5 MB when all are in use. Two addresses share one with a chance of 1 in this many.
 */
const counts = 16_384;

interface RefusalLimitOptions {
  /** How many credentials of one address may be refused in an interval. */
  readonly maxRefusals: number;
  readonly intervalSeconds: number;
}

/**
 * Counts refused credentials by address, in a fixed amount of memory: a hash that only this process can compute assigns
 * a count to each address.
 */
export class RefusalLimit {
  readonly #counts: RateLimiterMemory;
  readonly #salt = randomBytes(16);

  constructor({ maxRefusals, intervalSeconds }: RefusalLimitOptions) {
    this.#counts = new RateLimiterMemory({ points: maxRefusals, duration: intervalSeconds });
  }

  /** The seconds after which the address may try again; null when it may now. */
  async retryAfterSeconds(address: string): Promise<number | null> {
    const known = await this.#counts.get(this.#countOf(address));
    if (known === null || known.consumedPoints <= this.#counts.points) return null;
    return Math.max(1, Math.ceil(known.msBeforeNext / 1_000));
  }

  async count(address: string): Promise<void> {
    try {
      await this.#counts.consume(this.#countOf(address));
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error;
    }
  }

  #countOf(address: string): string {
    const hash = createHash('sha256').update(this.#salt).update(limitedNetwork(address)).digest();
    return `${hash.readUInt32BE(0) % counts}`;
  }
}

/** Closes connections above the limit of one address, except for proxies, which hold those of all their clients. */
export function limitConnections(
  server: Server,
  telemetry: HttpTelemetry,
  { addresses, maxAddressConnections }: { readonly addresses: ClientAddresses; readonly maxAddressConnections: number },
): void {
  /** Bounded by the number of connections. */
  const open = new Map<string, number>();
  server.on('connection', (socket) => {
    const { remoteAddress: address = '' } = socket;
    if (addresses.isTrusted(address)) return;
    const network = limitedNetwork(address);
    const others = open.get(network) ?? 0;
    if (others >= maxAddressConnections) {
      telemetry.connectionRefused(address, maxAddressConnections);
      socket.destroy();
      return;
    }
    open.set(network, others + 1);
    socket.once('close', () => {
      const left = (open.get(network) ?? 1) - 1;
      if (left === 0) open.delete(network);
      else open.set(network, left);
    });
  });
}
