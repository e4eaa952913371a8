import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { type CommandLine, parseCommandLine, startFromCommandLine } from './command-line.js';
import type { Emulator } from './emulator.js';

/** Editors write a file in several steps; what follows within this time is one change. */
const settleMs = 100;

interface EmulatorProcess {
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly write: (text: string) => void;
  readonly writeError: (text: string) => void;
  /** Aborts to stop the emulator. */
  readonly stop: AbortSignal;
}

/**
 * The emulator from its command line to its end.
 *
 * @param stop - aborts when it is to stop.
 * @returns the exit code, once it has stopped.
 */
export function runEmulator(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
  stop: AbortSignal,
): Promise<number> {
  return runUntilStopped({
    args,
    environment,
    write: (text) => process.stdout.write(text),
    writeError: (text) => process.stderr.write(text),
    stop,
  });
}

/**
 * Runs an emulator until it is stopped. Problems are written as messages, never as stacks.
 *
 * @returns the exit code: 0 when it was stopped or only asked for help, 1 when it could not start.
 */
export async function runUntilStopped(processLike: EmulatorProcess): Promise<number> {
  let command: CommandLine | undefined;
  try {
    command = parseCommandLine(processLike.args, processLike.write);
  } catch (error) {
    processLike.writeError(`The emulator could not start: ${messageOf(error)}\n`);
    return 1;
  }
  if (command === undefined) {
    return 0;
  }
  const { kickstart } = command;
  let { port } = command;
  let emulator = await tryStart(processLike, command);
  if (emulator === undefined && !command.isWatching) {
    return 1;
  }
  if (command.isWatching && kickstart !== undefined) {
    for await (const _change of changesOf(kickstart, processLike.stop)) {
      await emulator?.[Symbol.asyncDispose]();
      processLike.write(`${kickstart} changed\n`);
      port = portOf(emulator) ?? port;
      emulator = await tryStart(processLike, { ...command, port });
    }
  } else {
    await aborted(processLike.stop);
  }
  await emulator?.[Symbol.asyncDispose]();
  return 0;
}

async function tryStart(processLike: EmulatorProcess, command: CommandLine): Promise<Emulator | undefined> {
  try {
    return await startFromCommandLine(command, processLike.environment, processLike.write);
  } catch (error) {
    processLike.writeError(`The emulator could not start: ${messageOf(error)}\n`);
    return undefined;
  }
}

/** Watches the folder: an editor that replaces the file would leave a watcher of the file itself behind. */
async function* changesOf(file: string, stop: AbortSignal): AsyncGenerator<void> {
  let wake: () => void = () => undefined;
  let isChanged = false;
  let timer: NodeJS.Timeout | undefined;
  const notice = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      isChanged = true;
      wake();
    }, settleMs);
  };
  const watcher = watch(dirname(file), { signal: stop }, (_event, name) => {
    if (name === null || name === basename(file)) {
      notice();
    }
  });
  watcher.on('error', () => undefined);
  stop.addEventListener('abort', () => wake(), { once: true });
  while (!stop.aborted) {
    if (!isChanged) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (isChanged && !stop.aborted) {
      isChanged = false;
      yield;
    }
  }
  clearTimeout(timer);
}

/** The port an emulator had, so that the next one has the same also where any free one was asked for. */
function portOf(emulator: Emulator | undefined): number | undefined {
  return emulator === undefined ? undefined : Number(new URL(emulator.url).port);
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) {
      resolve();
    } else {
      signal.addEventListener('abort', () => resolve(), { once: true });
    }
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}
