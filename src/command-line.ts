import { type CommandResult, done } from './command-result.js';
import { version } from './version.js';

const usage = `Usage: fusionauth-sessions [command]
  (no command)       start the service; environment variables configure it, and without any it is a demo
  service-key        make a service key and the entry of SERVICE_KEYS for it; --help tells its options
  doctor             look at the configuration and at what it depends on, and say what to mend; --help tells its options
  console-setup      print or make what FusionAuth needs for the console; --help tells its options
  erase-user         erase a user from the database that replicas share; --help tells more
  policy             check, explain or simulate a session policy; --help tells more
  emulator           start an emulated FusionAuth alone; --help tells its options
  --help             show this text
  --version          show the version
`;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs the command that the arguments name. Each is loaded on demand: loading the whole service takes longer than most
 * commands run.
 * @param stop Aborted when the process is told to stop.
 * @returns the exit code, once the command has ended.
 */
export async function runCommandLine(args: readonly string[], env: Environment, stop: AbortSignal): Promise<number> {
  const [command, ...rest] = args;
  // Without a listener, a reader that has seen enough, such as `head`, would end the process with a stack.
  if (command !== undefined) process.stdout.on('error', () => undefined);
  // A report that cannot be written, as to a full disk, ends nobody who works: both outputs often lead to one place.
  process.stderr.on('error', () => undefined);
  switch (command) {
    case undefined: {
      const { runService } = await import('./service-process.js');
      return runService(env, stop);
    }
    case 'service-key': {
      const { makeServiceKey } = await import('./service-key.js');
      return written(makeServiceKey(rest));
    }
    case 'doctor': {
      const { runDoctor } = await import('./doctor-command.js');
      return written(await runDoctor(rest, env, process.stdin));
    }
    case 'console-setup': {
      const { setUpConsole } = await import('./console-setup.js');
      return written(await setUpConsole(rest, env));
    }
    case 'erase-user': {
      const { runEraseUser } = await import('./erase-user.js');
      return written(await runEraseUser(rest, env));
    }
    case 'policy': {
      const { runPolicyCommand } = await import('./policy-command.js');
      return written(await runPolicyCommand(rest, env));
    }
    case 'emulator': {
      const { runEmulator } = await import('./emulator/process.js');
      return runEmulator(rest, env, stop);
    }
    case 'help':
    case '--help':
    case '-h':
      return written(done(usage));
    case '--version':
    case '-v':
      return written(done(`${await version()}\n`));
    default: {
      const what = command.startsWith('-') ? 'option' : 'command';
      const hint =
        what === 'option'
          ? 'Environment variables configure the service'
          : 'There are service-key, doctor, console-setup, erase-user, policy and emulator';
      process.stderr.write(`fusionauth-sessions has no ${what} ${JSON.stringify(command)}. ${hint}; see --help.\n`);
      return 1;
    }
  }
}

/** @returns the exit code; 2 where the output is lost, as on a full disk, although somebody wants it. */
async function written({ output, problem, exitCode }: CommandResult): Promise<number> {
  process.stderr.write(problem);
  if (output === '') return exitCode;
  const failure = await new Promise<NodeJS.ErrnoException | null | undefined>((resolve) => {
    process.stdout.write(output, resolve);
  });
  if (failure == null || failure.code === 'EPIPE') return exitCode;
  process.stderr.write(`Standard output cannot be written: ${failure.message}\n`);
  return 2;
}
