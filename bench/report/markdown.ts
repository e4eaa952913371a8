import { serverLabels, serviceLimits } from '../processes/servers.js';
import { type BenchResults, has, type ScenarioName, type With } from '../results.js';
import { usersOnPage } from '../scenarios/admin-page.js';
import { comparedWays } from '../scenarios/enforce.js';
import { storm } from '../scenarios/login-storm.js';
import { wayLabels } from '../scenarios/ways.js';
import { decimal, mebibytes, table, whole } from './format.js';
import { growths } from './growths.js';
import { callers, comparison, database, events, growth, guard, replicas } from './more.js';
import { judgeTargets } from './targets.js';

/** The results as a page of Markdown. */
export function writeMarkdown(results: BenchResults, elapsedSeconds: number): string {
  return `${[
    '# Benchmark results',
    `Written by \`npm run bench\`, which took ${whole(elapsedSeconds)} s. All figures are of one run; compare them with each other, not with those of another machine.`,
    machine(results),
    ...targets(results),
    ...failures(results),
    ...section(results, 'list', 'List', list),
    ...section(results, 'enforce', 'Enforce after login', enforce),
    ...section(results, 'adminPage', 'Admin page', adminPage),
    ...section(results, 'loginStorm', 'Login storm', loginStorm),
    ...section(results, 'accessTokens', 'Access tokens', callers),
    ...section(results, 'fanOut', 'Events', events),
    ...section(results, 'replicas', 'Events at another replica', replicas),
    ...section(results, 'database', 'Database', database),
    ...section(results, 'policies', 'Session policy', ({ policies }) => comparison(policies)),
    ...section(results, 'applications', 'Applications and tenants', (some) => comparison(some.applications)),
    ...section(results, 'revocationsHeld', 'Revocations held', (some) => comparison(some.revocationsHeld)),
    ...section(results, 'lease', 'Lease of the guard', ({ lease }) => comparison(lease)),
    ...section(results, 'guard', 'Guard', guard),
    ...section(results, 'introspection', 'Introspection', (some) => comparison([some.introspection])),
    ...section(results, 'consolePage', 'Console', ({ consolePage }) => comparison([consolePage])),
    ...(growths(results).length === 0 ? [] : ['## Growth', growth(results)]),
    ...section(results, 'startUp', 'Start-up and memory', startUp),
    ...section(results, 'soak', 'Soak', soak),
    '## How long it took',
    table(
      ['scenario', 'seconds'],
      Object.entries(results.seconds).map(([name, time]) => [name, whole(time)]),
    ),
  ].join('\n\n')}\n`;
}

/** Nothing for a scenario that has not run. */
function section<Name extends ScenarioName>(
  results: BenchResults,
  name: Name,
  title: string,
  write: (results: With<Name>) => string,
): string[] {
  return has(results, name) ? [`## ${title}`, write(results)] : [];
}

function machine({ machine: { cores, processor, memoryGiB, platform, node, loadAtStart } }: BenchResults): string {
  const limits = Object.entries(serviceLimits).map(([name, value]) => `\`${name}=${value}\``);
  return `Machine: ${cores} cores (${processor}), ${memoryGiB} GiB, ${platform}, Node.js ${node}; load average at the start ${loadAtStart}${loadAtStart > 1 ? ' (**other work ran beside it: these figures are noisy**)' : ''}.
FusionAuth is the emulator of this repository, in a process of its own. Every server is a process of its own, on the same
machine as the emulator and the load generator, so they compete for the cores. The service runs as in production, with its
defaults but ${limits.join(' and ')}, because one caller makes all the load, and \`LOG_LEVEL=warn\`, because the others log nothing.`;
}

function targets(results: BenchResults): string[] {
  const judged = judgeTargets(results);
  if (judged.length === 0) return [];
  const missed = judged.filter(({ isMet }) => !isMet);
  const obstacles = [...new Set(missed.map(({ obstacle }) => obstacle))].map((obstacle) => {
    const goals = missed.filter((target) => target.obstacle === obstacle).map(({ goal }) => `“${goal}”`);
    return `- ${goals.join(', ')}: ${obstacle}`;
  });
  const rows = judged.map(({ goal, measured, isMet }) => [goal, measured, isMet ? 'met' : '**missed**']);
  return [
    '## Targets',
    table(['target', 'measured', ''], rows),
    ...(obstacles.length === 0 ? [] : [`What stands in the way of those missed:\n\n${obstacles.join('\n')}`]),
  ];
}

function failures({ failures: found }: BenchResults): string[] {
  const lines = Object.entries(found).map(([name, message]) => `- \`${name}\`: ${message.split('\n', 1)[0]}`);
  return lines.length === 0 ? [] : [`**Not measured, because they failed:**\n\n${lines.join('\n')}`];
}

function list({ list: lists, settings }: With<'list'>): string {
  const rows = lists.map(({ server, latencyMs, connections, medians, upstreamCallsPerRequest, peakRssBytes }) => [
    serverLabels[server],
    `${latencyMs} ms`,
    whole(connections),
    whole(medians.requestsPerSecond),
    decimal(medians.p50Ms),
    decimal(medians.p99Ms),
    whole(medians.cpuMicrosPerRequest),
    `${whole(medians.busy * 100)} %`,
    decimal(upstreamCallsPerRequest),
    mebibytes(peakRssBytes),
  ]);
  return `50 sessions with 15 fields each, of 20 users in turn; the answers of all servers are compared before. Medians of ${settings.listRounds}
rounds of ${settings.listSeconds} s (${settings.delayedListRounds} of ${settings.delayedListSeconds} s with a delay), the servers taking turns within each round. The peers serve the part of the schema that the query
needs, with resolvers on the official client as it comes; they check no credentials and read the lifetimes of sessions once.
“Busy” is the CPU time of the server as a share of one core: well below 100 % without a delay, the emulator or the load
generator set the pace, and CPU per request tells more than requests per second.

![Lists per second](list-throughput.svg)

![CPU time per list](list-cpu.svg)

${table(['server', 'delay', 'connections', 'req/s', 'p50 ms', 'p99 ms', 'CPU µs/req', 'busy', 'calls/req', 'peak memory'], rows)}`;
}

function enforce({ enforce: results, settings }: With<'enforce'>): string {
  const rows = results.map(({ latencyMs, surplus, roundTripMs, ways }) => [
    `${latencyMs} ms`,
    whole(surplus),
    decimal(roundTripMs),
    ...comparedWays.map((way) => `${decimal(ways[way].p50Ms)} (${decimal(ways[way].slowestMs)})`),
    whole(ways.ours.upstreamCalls),
  ]);
  const labels = comparedWays.map((way) => wayLabels[way]);
  return `A user logs in and has that many sessions too many. Time until one session is left, one user at a time: p50 and, in
parentheses, the slowest of ${settings.enforcements}, in ms. The official client is called within the measuring process, as FusionAuth's forum and
issues advise, and so saves the hop over HTTP that the service costs. A round trip is one bare list call. All ways make the
same calls; the emulator works on one core, so that many deletions at once take it longer than one.

![Time to end the surplus sessions](enforcement.svg)

${table(['delay', 'surplus', 'round trip', ...labels, 'calls'], rows)}`;
}

function adminPage({ adminPage: pages }: With<'adminPage'>): string {
  const rows = pages.map(({ latencyMs, sessionsEach, ours, withoutLoaders }) => [
    `${latencyMs} ms`,
    whole(sessionsEach),
    whole(ours.upstreamCalls),
    whole(withoutLoaders.upstreamCalls),
    decimal(ours.p50Ms),
    decimal(withoutLoaders.p50Ms),
  ]);
  return `${usersOnPage} users with their sessions over 5 applications, and for each session the name of its application and the email of its user.
Without loaders: Apollo Server with resolvers that ask the official client for each of them.

![Calls for an admin page](admin-page.svg)

${table(['delay', 'sessions each', 'calls: this service', 'calls: without loaders', 'p50 ms: this service', 'p50 ms: without loaders'], rows)}`;
}

function loginStorm({ loginStorm: storms, settings }: With<'loginStorm'>): string {
  const rows = storms.map(({ way, loginsPerSecond, p50Ms, p99Ms, users, failedEnforcements }) => [
    wayLabels[way],
    whole(loginsPerSecond),
    decimal(p50Ms),
    decimal(p99Ms),
    whole(users.withOne),
    whole(users.withNone),
    whole(users.withMore),
    whole(failedEnforcements),
  ]);
  const cpuMicros = storms.find(({ way }) => way === 'ours')?.cpuMicros ?? null;
  const ofOneCore =
    cpuMicros === null
      ? ''
      : `\n\nAn enforcement takes ${whole(cpuMicros)} µs of CPU time of the service, so that one core does ${whole(1_000_000 / cpuMicros)} a second.`;
  return `${settings.stormUsers} users with ${storm.earlierSessions} sessions log in ${storm.loginsEach} times each, ${storm.concurrentLogins} logins at once, and every login ends the other sessions; ${storm.latencyMs} ms delay, ${settings.stormRounds} rounds.
Times are of the enforcements alone; how many logins a second are possible depends mostly on the emulator. The code on the
official client spares the session of its own login, as it is advised: logins of one user at the same moment then end each
other.

${table(['', 'logins/s', 'p50 ms', 'p99 ms', 'users with 1 session', 'with none', 'with more', 'failed'], rows)}${ofOneCore}`;
}

function startUp({ startUp: starts, settings }: With<'startUp'>): string {
  const rows = starts.map(({ server, startUpMs, idleRssBytes }) => [
    serverLabels[server],
    whole(startUpMs),
    mebibytes(idleRssBytes),
  ]);
  return `From starting the process until it accepts connections, and memory half a second later; medians of ${settings.startUpRounds}. The peers read one
list from FusionAuth before they listen.

${table(['server', 'start-up ms', 'idle memory'], rows)}`;
}

function soak({ soak: { requests, seconds, slices, heapGrowthBytes, isFlat } }: With<'soak'>): string {
  const rows = slices.map((slice) => [
    whole(slice.requests),
    `${decimal(slice.heapUsedBytes / 1_024 ** 2)} MiB`,
    mebibytes(slice.rssBytes),
  ]);
  return `${whole(requests)} lists and enforcements in ${whole(seconds)} s, as many as the time allows. The heap after collecting garbage is ${isFlat ? 'flat' : '**not flat**'}: the
last third lies ${whole(heapGrowthBytes / 1_024)} KiB above the middle third.

${table(['requests so far', 'heap in use', 'resident'], rows)}`;
}
