import { cpus } from 'node:os';

/**
 * How many cores the service, the emulated FusionAuth, this process (which sends everything) and all others of the machine
 * take. With none left idle, those take cores away from the service that would not be on its machine.
 */
export class Cores {
  #processes;
  #begun;

  static async begin(processes) {
    const cores = new Cores();
    cores.#processes = processes;
    cores.#begun = await cores.#used();
    return cores;
  }

  /** @returns the means since the beginning. */
  async used() {
    const now = await this.#used();
    const elapsedMs = now.atMs - this.#begun.atMs;
    const of = (name) => Math.round(((now[name] - this.#begun[name]) / elapsedMs) * 100) / 100;
    const own = { service: of('service'), fusionAuth: of('fusionAuth'), client: of('client') };
    const others = of('busy') - own.service - own.fusionAuth - own.client;
    return { of: cpus().length, ...own, others: Math.max(0, Math.round(others * 100) / 100) };
  }

  async #used() {
    const [service, fusionAuth] = await Promise.all(this.#processes.map((one) => one.usage()));
    const { user, system } = process.cpuUsage();
    const times = cpus().map(({ times: { idle, ...busy } }) => Object.values(busy).reduce((sum, ms) => sum + ms, 0));
    return {
      atMs: performance.now(),
      service: service.cpuMs,
      fusionAuth: fusionAuth.cpuMs,
      client: (user + system) / 1_000,
      busy: times.reduce((sum, ms) => sum + ms, 0),
    };
  }
}
