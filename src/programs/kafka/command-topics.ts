/** `kafka-topics.sh`. */
import type { ContainerCommand } from '../contract.ts'
import type { Change, ClientMetadata, PartitionMeta } from './contract.ts'
import { exceptionOf, line } from './messages.ts'
import { connected, type Result, readOptions } from './options.ts'

const LOGGER = 'org.apache.kafka.tools.TopicCommand'
const ACTIONS = ['create', 'list', 'describe', 'delete', 'alter'] as const

const broker = (id: number): string => (id < 0 ? 'none' : String(id))

function describe(m: ClientMetadata, names: readonly string[], flags: ReadonlyMap<string, unknown>): string {
  const filters: ((p: PartitionMeta) => boolean)[] = []
  if (flags.has('under-replicated-partitions')) filters.push((p) => p.isr.length < p.replicas.length)
  if (flags.has('unavailable-partitions')) filters.push((p) => p.leader < 0)
  let out = ''
  for (const name of names) {
    const topic = m.topics[name]!
    const configs = Object.entries(topic.config)
      .map(([k, v]) => `${k}=${v}`)
      .join(',')
    if (filters.length === 0)
      out += `Topic: ${name}\tTopicId: ${topic.id}\tPartitionCount: ${topic.partitions.length}\tReplicationFactor: ${topic.partitions[0]!.replicas.length}\tConfigs: ${configs}\n`
    for (const [i, p] of topic.partitions.entries())
      if (filters.every((f) => f(p)))
        out += `\tTopic: ${name}\tPartition: ${i}\tLeader: ${broker(p.leader)}\tReplicas: ${p.replicas.join(',')}\tIsr: ${p.isr.join(',')}\n`
  }
  return out
}

const failure = (nowMs: number, error: string, text: string): Result => ({
  exitCode: 1,
  stdout: `Error while executing topic command : ${text}\n`,
  stderr: `${line(nowMs, 'ERROR', `${exceptionOf(error)}: ${text}\n`, LOGGER)}\n`,
})

function changeOf(action: string, name: string, given: ReadonlyMap<string, string[]>, m: ClientMetadata): Change {
  const one = (key: string): string | undefined => given.get(key)?.at(-1)
  if (action === 'delete') return { kind: 'delete', name }
  if (action === 'alter') return { kind: 'grow', name, partitions: Number(one('partitions')) }
  const config = Object.fromEntries((given.get('config') ?? []).map((c) => [c.slice(0, c.indexOf('=')), c.slice(c.indexOf('=') + 1)]))
  return {
    kind: 'create',
    name,
    partitions: Number(one('partitions') ?? 1),
    replicas: Number(one('replication-factor') ?? Math.min(1, m.brokers.length || 1)),
    config,
  }
}

export const topics: ContainerCommand = {
  executables: ['kafka-topics.sh', 'kafka-topics'],
  run({ argv, ctx }) {
    const { given, unknown } = readOptions(
      argv,
      ['bootstrap-server', 'topic', 'partitions', 'replication-factor', 'config', 'command-config'],
      [...ACTIONS, 'if-not-exists', 'if-exists', 'under-replicated-partitions', 'unavailable-partitions', 'exclude-internal'],
    )
    if (unknown !== undefined)
      return {
        exitCode: 1,
        stderr: `Exception in thread "main" joptsimple.UnrecognizedOptionException: ${unknown.replace(/^-+/, '')} is not a recognized option\n`,
      }
    const chosen = ACTIONS.filter((a) => given.has(a))
    if (chosen.length !== 1)
      return { exitCode: 1, stderr: 'Command must include exactly one action: --list, --describe, --create, --alter or --delete\n' }
    const [action] = chosen as [string]
    const name = given.get('topic')?.at(-1)
    if (name === undefined && action !== 'list' && action !== 'describe')
      return { exitCode: 1, stderr: 'Missing required argument "[topic]"\n' }
    const call =
      action === 'list' ? 'listTopics' : action === 'create' ? 'createTopics' : action === 'delete' ? 'deleteTopics' : 'describeTopics'
    const what = { client: 'AdminClient clientId=adminclient-1', call, error: 'Error while executing topic command', logger: LOGGER }
    return connected(ctx, given.get('bootstrap-server')?.at(-1), what, (client, m) => {
      const names = Object.keys(m.topics)
        .sort()
        .filter((n) => name === undefined || n === name)
      if (action === 'list') return { exitCode: 0, stdout: names.map((n) => `${n}\n`).join('') }
      const here = name === undefined || m.topics[name] !== undefined
      if (!here && action !== 'create')
        return given.has('if-exists')
          ? { exitCode: 0 }
          : failure(ctx.nowMs, 'INVALID_ARGUMENT', `Topic '${name}' does not exist as expected`)
      if (action === 'describe') return { exitCode: 0, stdout: describe(m, names, given) }
      if (action === 'create' && here && given.has('if-not-exists')) return { exitCode: 0 }
      const reply = client.any(m, { kind: 'admin', change: changeOf(action, name!, given, m) })
      if (reply === undefined) return failure(ctx.nowMs, 'REQUEST_TIMED_OUT', `Timed out waiting for a node assignment. Call: ${call}`)
      if (!reply.ok) return failure(ctx.nowMs, reply.error, reply.text)
      return { exitCode: 0, stdout: action === 'create' ? `Created topic ${name}.\n` : '' }
    })
  },
}
