/** What a command says, and how it ends. */
export interface CommandResult {
  readonly output: string;
  readonly problem: string;
  readonly exitCode: 0 | 1 | 2;
}
