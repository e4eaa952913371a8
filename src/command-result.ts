/** The output of a command, and its exit code. */
export interface CommandResult {
  readonly output: string;
  readonly problem: string;
  readonly exitCode: 0 | 1 | 2;
}

/** The command has succeeded. */
export function done(output: string): CommandResult {
  return { output, problem: '', exitCode: 0 };
}

/** The command has changed nothing, because of a problem. */
export function refused(problem: string): CommandResult {
  return { output: '', problem, exitCode: 1 };
}
