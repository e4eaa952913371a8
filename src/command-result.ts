/** What a command says, and how it ends. */
export interface CommandResult {
  readonly output: string;
  readonly problem: string;
  readonly exitCode: 0 | 1 | 2;
}

/** All is well. */
export function done(output: string): CommandResult {
  return { output, problem: '', exitCode: 0 };
}

/** Nothing was done, for a reason. */
export function refused(problem: string): CommandResult {
  return { output: '', problem, exitCode: 1 };
}
