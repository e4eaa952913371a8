/** The service cannot start. The message tells the operator why, and what to do. */
export class StartRefusedError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}
