/**
 * kube-state-metrics: what the API says of objects, as numbers on port 8080. It lists with the rights of its ServiceAccount when it is asked,
 * where the real one watches. Models v2.17. https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 */
import type { HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { DiscoveryError, listFromApi } from '../prometheus/discovery.ts'
import { family } from '../prometheus/exposition.ts'
import { MiB } from '../text/context.ts'
import { plainText } from '../text/http.ts'
import { isoTime } from '../text/times.ts'
import { FAMILIES, type Listed, SOURCES } from './families.ts'

const PORT = 8080
const TELEMETRY_PORT = 8081
const TYPE = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }

/** What klog begins a line with. */
function klog(ctx: ProcessContext, level: string): string {
  const at = isoTime(ctx.nowMs)
  return `${level}${at.slice(5, 7)}${at.slice(8, 10)} ${at.slice(11, 23)}000       1`
}

/** The resources that `--resources=pods,deployments` leaves; all of those here when it is not given. */
function wanted(argv: readonly string[]): readonly string[] {
  const given = argv.find((a) => a.startsWith('--resources='))?.slice('--resources='.length)
  return given === undefined ? Object.keys(SOURCES) : given.split(',').filter((r) => Object.hasOwn(SOURCES, r))
}

function metrics(ctx: ProcessContext): string {
  const lists: Record<string, readonly Listed[]> = {}
  for (const resource of wanted(ctx.argv)) {
    try {
      lists[resource] = listFromApi(ctx, SOURCES[resource]!) as unknown as readonly Listed[]
    } catch (error) {
      if (!(error instanceof DiscoveryError)) throw error
      ctx.log(`${klog(ctx, 'E')} reflector.go:205] "Failed to watch" err="failed to list *v1.${resource}: ${error.message}"`, 'stderr')
    }
  }
  return FAMILIES.filter((f) => lists[f.resource] !== undefined)
    .map((f) =>
      family(
        f.name,
        'gauge',
        f.help,
        lists[f.resource]!.flatMap((o) => f.samples(o)),
      ),
    )
    .join('')
}

export const kubeStateMetrics: Program<null> = {
  name: 'kube-state-metrics',
  executables: ['kube-state-metrics'],
  start(ctx) {
    ctx.memory(24 * MiB)
    ctx.cpu(2)
    for (const port of [PORT, TELEMETRY_PORT]) ctx.listen(port)
    ctx.log(`${klog(ctx, 'I')} wrapper.go:120] "Starting kube-state-metrics"`, 'stderr')
    ctx.log(`${klog(ctx, 'I')} server.go:395] "Started metrics server" metricsServerAddress="[::]:${PORT}"`, 'stderr')
    return null
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && ['TERM', 'INT'].includes(event.signal)) ctx.exit(0)
    if (event.type !== 'request') return state
    if (event.protocol !== 'http') {
      ctx.reply(null)
      return state
    }
    const path = (event.payload as HttpRequest).path.split('?')[0]
    if (path === '/metrics' && event.port === PORT) ctx.reply(plainText(200, metrics(ctx), TYPE), 5)
    else if (['/healthz', '/livez', '/readyz'].includes(path ?? '')) ctx.reply(plainText(200, 'OK'), 1)
    else if (path === '/metrics') ctx.reply(plainText(200, '', TYPE), 1)
    else ctx.reply(plainText(200, 'kube-state-metrics: /metrics, /healthz, /livez, /readyz\n'), 1)
    return state
  },
}

export const kubeStateMetricsImage: ImageRecord = {
  repositories: ['registry.k8s.io/kube-state-metrics/kube-state-metrics'],
  version: versions({ prefix: 'v', series: { '2.10': 1, '2.11': 0, '2.12': 0, '2.13': 0, '2.14': 0, '2.15': 0, '2.16': 0, '2.17': 0 } }),
  image: () => ({
    entrypoint: ['/kube-state-metrics', '--port=8080', '--telemetry-port=8081'],
    cmd: [],
    env: {},
    user: '65534',
    exposedPorts: [PORT, TELEMETRY_PORT],
    sizeBytes: 14 * MB,
    base: 'scratch',
    executables: ['kube-state-metrics'],
  }),
}
