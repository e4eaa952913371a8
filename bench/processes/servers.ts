import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { startOptions } from '#scripts/start-options.mjs';
import { permissions } from '../../src/domain/caller.js';
import { Child } from './child.js';
import type { EmulatorReady } from './messages.js';

export const serverNames = ['ours', 'oursLogging', 'mercurius', 'yoga', 'apollo', 'rest', 'floor'] as const;
export type ServerName = (typeof serverNames)[number];

export const serverLabels: Readonly<Record<ServerName, string>> = {
  ours: 'this service',
  oursLogging: 'this service, logging each request',
  mercurius: 'mercurius with jit',
  yoga: 'graphql-yoga',
  apollo: 'Apollo Server standalone',
  rest: 'REST handler, official client',
  floor: 'REST handler, bare undici (floor)',
};

/** Raised out of the way: one caller makes all the load here. Everything else is as it comes. */
export const serviceLimits = { RATE_LIMIT_POINTS: '100000000' } as const;

/** A server that listens, in a process of its own. */
export interface RunningServer extends AsyncDisposable {
  readonly name: ServerName;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly child: Child;
  /** From starting the process until it accepted connections. */
  readonly startUpMs: number;
}

/** Variables of a service that is not as it comes. */
type Variables = Readonly<Record<string, string>>;

/** @throws an Error when it does not listen although it was tried again on another port. */
export async function startServer(
  name: ServerName,
  fusionAuth: EmulatorReady,
  variables: Variables = {},
): Promise<RunningServer> {
  try {
    return await tryToStart(name, fusionAuth, variables);
  } catch {
    // Somebody else may have taken the port that was free a moment ago.
    return tryToStart(name, fusionAuth, variables);
  }
}

async function tryToStart(name: ServerName, fusionAuth: EmulatorReady, variables: Variables): Promise<RunningServer> {
  const port = await freePort();
  const serviceKey = randomBytes(32).toString('base64url');
  const startedAt = performance.now();
  const child = new Child({
    // The servers beside the service get the same as it.
    options: startOptions,
    module: isOurs(name) ? '../../../../dist/main.js' : `../peers/${name}.js`,
    env: {
      PORT: String(port),
      FUSIONAUTH_URL: fusionAuth.url,
      FUSIONAUTH_API_KEY: fusionAuth.apiKey,
      ...(isOurs(name) ? ownEnvironment(name, serviceKey) : {}),
      ...variables,
    },
  });
  try {
    await acceptsConnections(port, child);
  } catch (error) {
    await child[Symbol.asyncDispose]();
    throw error;
  }
  return {
    name,
    url: `http://127.0.0.1:${port}`,
    headers: isOurs(name) ? { authorization: `Bearer ${serviceKey}` } : {},
    child,
    startUpMs: performance.now() - startedAt,
    [Symbol.asyncDispose]: () => child[Symbol.asyncDispose](),
  };
}

function isOurs(name: ServerName): name is 'ours' | 'oursLogging' {
  return name === 'ours' || name === 'oursLogging';
}

function ownEnvironment(name: 'ours' | 'oursLogging', key: string): Record<string, string> {
  const sha256 = createHash('sha256').update(key).digest('hex');
  return {
    ...serviceLimits,
    SERVICE_KEYS: JSON.stringify([{ name: 'bench', sha256, permissions }]),
    // The peers log nothing.
    LOG_LEVEL: name === 'ours' ? 'warn' : 'info',
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port was given');
  return address.port;
}

const startTimeoutMs = 20_000;
const pollIntervalMs = 5;

async function acceptsConnections(port: number, child: Child): Promise<void> {
  const deadline = performance.now() + startTimeoutMs;
  while (!(await canConnect(port))) {
    if (child.hasExited || performance.now() > deadline) throw new Error('A measured server did not start');
    await delay(pollIntervalMs);
  }
}

function canConnect(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}
