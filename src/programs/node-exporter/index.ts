/** Prometheus' node exporter: a machine's processor, memory and file system on port 9100, as the simulation accounts them. Models 1.9. */
import type { Node } from '../../api/generated/types/core-v1.ts'
import { parseQuantity } from '../../api/quantity.ts'
import type { HttpRequest } from '../../network/contract.ts'
import type { ProcessContext, Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { askKubelet } from '../metrics-server/scrape.ts'
import { family } from '../prometheus/exposition.ts'
import { MiB } from '../text/context.ts'
import { plainText } from '../text/http.ts'
import { isoTime } from '../text/times.ts'

const PORT = 9100
const TYPE = { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }

const amount = (node: Node, resource: string): number => Number(parseQuantity(node.status?.capacity?.[resource] ?? '0').nano) / 1e9

function metrics(ctx: ProcessContext): string {
  const node = ctx.api.get('nodes', undefined, ctx.pod.node) as Node | undefined
  if (node === undefined) return ''
  const ip = node.status?.addresses?.find((a) => a.type === 'InternalIP')?.address ?? ''
  const use = askKubelet(ctx, ip, [ctx.nowMs])?.node[0]
  const [total, cpus] = [amount(node, 'memory'), amount(node, 'cpu')]
  return [
    family('node_uname_info', 'gauge', 'Labeled system information as provided by the uname system call.', [
      {
        labels: { nodename: ctx.pod.node, sysname: 'Linux', release: node.status?.nodeInfo?.kernelVersion ?? '', machine: 'x86_64' },
        value: 1,
      },
    ]),
    family('node_memory_MemTotal_bytes', 'gauge', 'Memory information field MemTotal_bytes.', [{ value: total }]),
    ...(use
      ? [
          family('node_memory_MemAvailable_bytes', 'gauge', 'Memory information field MemAvailable_bytes.', [
            { value: total - use.memoryBytes },
          ]),
          family('node_cpu_seconds_total', 'counter', 'Seconds the CPUs spent in each mode.', seconds(use.cpuUs / 1e6, cpus)),
        ]
      : []),
    family('node_time_seconds', 'gauge', 'System time in seconds since epoch (1970).', [{ value: ctx.nowMs / 1000 }]),
  ].join('')
}

/** What was used, spread evenly over the processors; the simulation does not tell them apart. */
const seconds = (used: number, cpus: number): { labels: Record<string, string>; value: number }[] =>
  Array.from({ length: Math.max(1, Math.floor(cpus)) }, (_, cpu) => ({
    labels: { cpu: String(cpu), mode: 'user' },
    value: used / Math.max(1, Math.floor(cpus)),
  }))

export const nodeExporter: Program<null> = {
  name: 'node-exporter',
  executables: ['node_exporter'],
  start(ctx) {
    ctx.memory(15 * MiB)
    ctx.cpu(1)
    if (!ctx.listen(PORT)) {
      ctx.log(`time=${isoTime(ctx.nowMs)} level=ERROR msg="listen tcp :${PORT}: bind: address already in use"`, 'stderr')
      ctx.exit(1)
      return null
    }
    ctx.log(
      `time=${isoTime(ctx.nowMs)} level=INFO source=node_exporter.go:216 msg="Starting node_exporter" version="(version=1.9.1)"`,
      'stderr',
    )
    ctx.log(`time=${isoTime(ctx.nowMs)} level=INFO source=tls_config.go:347 msg="Listening on" address=[::]:${PORT}`, 'stderr')
    return null
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && ['TERM', 'INT'].includes(event.signal)) ctx.exit(143)
    if (event.type !== 'request') return state
    if (event.protocol !== 'http') ctx.reply(null)
    else if ((event.payload as HttpRequest).path.startsWith('/metrics')) ctx.reply(plainText(200, metrics(ctx), TYPE), 5)
    else ctx.reply(plainText(200, '<h1>Node Exporter</h1><a href="/metrics">Metrics</a>\n'), 1)
    return state
  },
}

export const nodeExporterImage: ImageRecord = {
  repositories: ['prom/node-exporter', 'quay.io/prometheus/node-exporter'],
  version: versions({ prefix: 'v', latest: '1.9.1', series: { '1.6': 1, '1.7': 0, '1.8': 2, '1.9': 1 } }),
  image: () => ({
    entrypoint: ['/bin/node_exporter'],
    cmd: [],
    env: {},
    user: 'nobody',
    users: { nobody: [65_534, 65_534] },
    exposedPorts: [PORT],
    sizeBytes: 13 * MB,
    base: 'busybox',
    executables: ['node_exporter'],
  }),
}
