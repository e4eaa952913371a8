import { type ServerName, serverLabels } from '../processes/servers.js';
import { type BenchResults, has, type With } from '../results.js';
import type { ListFigures } from '../scenarios/list.js';
import { wayLabels, ways } from '../scenarios/ways.js';
import { type BarChart, barChart } from './bar-chart.js';
import { whole } from './format.js';

/** The charts of the scenarios that have run as SVG, by file name. */
export function drawCharts(results: BenchResults): ReadonlyMap<string, string> {
  const charts: [string, BarChart][] = [];
  if (has(results, 'list')) {
    charts.push(['list-throughput.svg', listChart(results, 'requestsPerSecond', 'Lists of 50 sessions per second')]);
    charts.push(['list-cpu.svg', listChart(results, 'cpuMicrosPerRequest', 'CPU time per list of 50 sessions, µs')]);
  }
  if (has(results, 'enforce')) charts.push(['enforcement.svg', enforcementChart(results)]);
  if (has(results, 'adminPage')) charts.push(['admin-page.svg', adminPageChart(results)]);
  return new Map(charts.map(([name, chart]) => [name, barChart(chart)]));
}

const own = 'this service';
const others = 'others';

function listChart({ list }: With<'list'>, figure: keyof ListFigures, title: string): BarChart {
  const series = (name: ServerName) => (name === 'ours' || name === 'oursLogging' ? own : others);
  return {
    title,
    series: [own, others],
    groups: list
      .filter(({ latencyMs }) => latencyMs === 0)
      .map(({ server, medians }) => ({
        label: serverLabels[server],
        bars: [{ series: series(server), value: medians[figure] }],
      })),
    format: whole,
  };
}

/** With the longest delay, which is where the number of calls after each other shows. */
function enforcementChart({ enforce }: With<'enforce'>): BarChart {
  const latencyMs = Math.max(...enforce.map((result) => result.latencyMs));
  return {
    title: `Time to end the surplus sessions after a login, ms, when each call takes ${latencyMs} ms`,
    series: ways.map((way) => wayLabels[way]),
    groups: enforce
      .filter((result) => result.latencyMs === latencyMs)
      .map((result) => ({
        label: `${result.surplus} surplus`,
        bars: ways.map((way) => ({ series: wayLabels[way], value: result.ways[way].p50Ms })),
      })),
    format: whole,
  };
}

function adminPageChart({ adminPage }: With<'adminPage'>): BarChart {
  const without = 'resolvers without loaders';
  return {
    title: 'Calls to FusionAuth for a page of 100 users',
    series: [own, without],
    groups: adminPage
      .filter(({ latencyMs }) => latencyMs === 0)
      .map((page) => ({
        label: `${page.sessionsEach} sessions each`,
        bars: [
          { series: own, value: page.ours.upstreamCalls },
          { series: without, value: page.withoutLoaders.upstreamCalls },
        ],
      })),
    format: whole,
  };
}
