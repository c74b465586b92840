/** `kafka-consumer-groups.sh`: list, describe, reset. Nobody is a member of a group between two reads here, so each of them is without active members. */
import type { ContainerCommand } from '../contract.ts'
import type { KafkaClient } from './client.ts'
import type { ClientMetadata } from './contract.ts'
import { connected, type Result, readOptions } from './options.ts'

const COLUMNS = ['GROUP', 'TOPIC', 'PARTITION', 'CURRENT-OFFSET', 'LOG-END-OFFSET', 'LAG', 'CONSUMER-ID', 'HOST', 'CLIENT-ID']
const pad = (cells: readonly string[]): string =>
  cells
    .map((c) => c.padEnd(15))
    .join(' ')
    .trimEnd()

const split = (key: string): [string, number] => [key.slice(0, key.lastIndexOf('-')), Number(key.slice(key.lastIndexOf('-') + 1))]

function groupsOf(client: KafkaClient, m: ClientMetadata): Record<string, Record<string, number>> {
  const all: Record<string, Record<string, number>> = {}
  for (const broker of m.brokers) {
    const reply = client.at(broker, { kind: 'offsets' })
    if (reply?.ok && 'groups' in reply) Object.assign(all, reply.groups)
  }
  return all
}

function describe(client: KafkaClient, m: ClientMetadata, group: string, offsets: Readonly<Record<string, number>>): Result {
  const rows = Object.keys(offsets)
    .sort()
    .map((key) => {
      const [topic, partition] = split(key)
      const end = client.read(m, topic, partition, offsets[key]!, 0)?.end
      return pad([
        group,
        topic,
        String(partition),
        String(offsets[key]),
        end === undefined ? '-' : String(end),
        end === undefined ? '-' : String(end - offsets[key]!),
        '-',
        '-',
        '-',
      ])
    })
  return { exitCode: 0, stdout: `\nConsumer group '${group}' has no active members.\n\n${[pad(COLUMNS), ...rows].join('\n')}\n` }
}

function reset(client: KafkaClient, m: ClientMetadata, group: string, given: ReadonlyMap<string, string[]>): Result {
  const [only] = given.get('topic') ?? []
  const names = given.has('all-topics') || only === undefined ? Object.keys(m.topics).filter((n) => !n.startsWith('__')) : [only]
  const offsets: Record<string, number> = {}
  for (const name of names)
    for (const [i] of (m.topics[name]?.partitions ?? []).entries()) {
      const end = client.read(m, name, i, 0, 0)?.end
      if (end === undefined)
        return {
          exitCode: 1,
          stderr: `Error: Executing consumer group command failed due to org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment. Call: listOffsets\n`,
        }
      offsets[`${name}-${i}`] = given.has('to-latest')
        ? end
        : given.has('to-offset')
          ? Math.min(end, Number(given.get('to-offset')!.at(-1)))
          : 0
    }
  if (given.has('execute') && client.coordinator(m, group, { kind: 'commit', group, offsets })?.ok !== true)
    return {
      exitCode: 1,
      stderr:
        'Error: Executing consumer group command failed due to org.apache.kafka.common.errors.CoordinatorNotAvailableException: The coordinator is not available.\n',
    }
  const rows = Object.entries(offsets).map(([key, offset]) => [group, ...split(key).map(String), String(offset)])
  return { exitCode: 0, stdout: `\n${[['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ...rows].map((r) => pad(r)).join('\n')}\n` }
}

export const consumerGroups: ContainerCommand = {
  executables: ['kafka-consumer-groups.sh', 'kafka-consumer-groups'],
  run({ argv, ctx }) {
    const { given, unknown } = readOptions(
      argv,
      ['bootstrap-server', 'group', 'topic', 'to-offset', 'command-config', 'timeout'],
      ['list', 'describe', 'all-groups', 'reset-offsets', 'to-earliest', 'to-latest', 'execute', 'dry-run', 'all-topics'],
    )
    if (unknown !== undefined)
      return {
        exitCode: 1,
        stderr: `clusterlab simulates of kafka-consumer-groups.sh only --list, --describe and --reset-offsets with --to-earliest, --to-latest, --to-offset, not ${unknown}\n`,
      }
    const what = {
      client: 'AdminClient clientId=adminclient-1',
      call: 'listGroups',
      error: 'Error: Executing consumer group command failed',
      logger: 'org.apache.kafka.tools.consumer.group.ConsumerGroupCommand',
    }
    return connected(ctx, given.get('bootstrap-server')?.at(-1), what, (client, m) => {
      const groups = groupsOf(client, m)
      if (given.has('list'))
        return {
          exitCode: 0,
          stdout: Object.keys(groups)
            .sort()
            .map((g) => `${g}\n`)
            .join(''),
        }
      const names = given.has('all-groups') ? Object.keys(groups).sort() : (given.get('group') ?? [])
      if (names.length === 0) return { exitCode: 1, stderr: 'Option [describe] takes one of these options: [all-groups], [group]\n' }
      if (given.has('reset-offsets')) return reset(client, m, names[0]!, given)
      let stdout = ''
      for (const name of names) {
        if (groups[name] === undefined) return { exitCode: 1, stderr: `Error: Consumer group '${name}' does not exist.\n` }
        stdout += describe(client, m, name, groups[name]).stdout ?? ''
      }
      return { exitCode: 0, stdout }
    })
  },
}
