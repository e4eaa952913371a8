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

/** The command was called wrongly, and has done nothing. @param usage How to call it. */
export function misused(problem: string, usage: string, exitCode: 1 | 2 = 1): CommandResult {
  return { output: '', problem: `${problem}\n\n${usage}`, exitCode };
}

/** What went wrong, with the cause, which whoever runs a command may know and no caller of the service. */
export function failureText(error: unknown): string {
  if (!(error instanceof Error)) return `${error}`;
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message;
}

/** The option that does not exist or lacks its value, in the words of Node.js. */
export function optionProblem(error: unknown): string {
  return error instanceof Error ? error.message : `${error}`;
}
