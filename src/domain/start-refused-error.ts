/** The service cannot start. Its message says to whoever runs it why, and what to do. */
export class StartRefusedError extends Error {
  override get name(): string {
    return this.constructor.name;
  }
}
