/** `kafka-console-producer.sh`, `kafka-console-consumer.sh`, `kafka-metadata-quorum.sh` and `kafka-broker-api-versions.sh`. */
import type { ContainerCommand, ProcessContext } from '../contract.ts'
import { KafkaClient, NoBootstrapError } from './client.ts'
import type { ClientMetadata, Produced } from './contract.ts'
import { errors, exceptionOf, line, textOf } from './messages.ts'
import { connected, type Result, readOptions } from './options.ts'

const CALLBACK = 'org.apache.kafka.clients.producer.internals.ErrorLoggingCallback'
const RETRIES = 3
const END = 'clusterlab: here ends what there is; the real consumer would wait for more\n'

const pairs = (texts: readonly string[] | undefined): Map<string, string> =>
  new Map((texts ?? []).flatMap((t) => t.split(',')).map((t) => t.split('=') as [string, string]))

const unresolvable = (kind: string, error: Error): Result => ({
  exitCode: 1,
  stderr: `org.apache.kafka.common.KafkaException: Failed to construct kafka ${kind}\nCaused by: org.apache.kafka.common.config.ConfigException: ${error.message}\n`,
})
function clientOf(ctx: ProcessContext, servers: string, name: string): KafkaClient | Error {
  try {
    return new KafkaClient(ctx, servers, name)
  } catch (error) {
    if (error instanceof NoBootstrapError) return error
    throw error
  }
}
const notes = (client: KafkaClient): string => client.lines.map((l) => `${l}\n`).join('')

function deliver(client: KafkaClient, m: ClientMetadata, topic: string, record: Produced, acks: number, from: string | undefined): void {
  const partition = client.partitionOf(m, topic, record)
  let sent = client.send(m, topic, partition, [record], acks, from)
  let fresh = m
  for (let left = RETRIES - 1; sent.error !== undefined && left >= 0; left--) {
    if (errors[sent.error] !== undefined && sent.error !== 'REQUEST_TIMED_OUT')
      client.warn(
        `[Producer clientId=console-producer] Got error produce response with correlation id ${RETRIES + 2 - left} on topic-partition ${topic}-${partition}, retrying (${left} attempts left). Error: ${sent.error}`,
        'org.apache.kafka.clients.producer.internals.Sender',
      )
    fresh = client.metadata([topic]) ?? fresh
    sent = client.send(fresh, topic, partition, [record], acks, from)
  }
  if (sent.error === undefined) return
  const expired = sent.error === 'REQUEST_TIMED_OUT'
  const bytes = Buffer.byteLength(record.value ?? '')
  client.warn(
    `Error when sending message to topic ${topic} with key: ${record.key === null ? 'null' : `${Buffer.byteLength(record.key)} bytes`}, value: ${bytes} bytes with error:`,
    CALLBACK,
    'ERROR',
  )
  client.lines.push(
    `${exceptionOf(sent.error)}: ${expired ? `Expiring 1 record(s) for ${topic}-${partition}:120000 ms has passed since batch creation` : textOf(sent.error)}`,
  )
}

export const consoleProducer: ContainerCommand = {
  executables: ['kafka-console-producer.sh', 'kafka-console-producer'],
  run({ argv, stdin, ctx }) {
    const { given, unknown } = readOptions(
      argv,
      ['bootstrap-server', 'broker-list', 'topic', 'producer-property', 'property', 'request-required-acks', 'producer.config', 'timeout'],
      ['sync'],
    )
    const one = (key: string): string | undefined => given.get(key)?.at(-1)
    if (unknown !== undefined) return { exitCode: 1, stderr: `${unknown.replace(/^-+/, '')} is not a recognized option\n` }
    const topic = one('topic')
    const servers = one('bootstrap-server') ?? one('broker-list')
    if (topic === undefined || servers === undefined)
      return { exitCode: 1, stderr: `Missing required option(s) [${servers === undefined ? 'bootstrap-server' : 'topic'}]\n` }
    const client = clientOf(ctx, servers, 'Producer clientId=console-producer')
    if (client instanceof Error) return unresolvable('producer', client)
    const properties = pairs(given.get('producer-property'))
    const acksText = properties.get('acks') ?? one('request-required-acks') ?? '-1'
    const acks = acksText === 'all' ? -1 : Number(acksText)
    const reading = pairs(given.get('property'))
    const separator = reading.get('key.separator') ?? '\t'
    const texts = stdin().split('\n')
    if (texts.at(-1) === '') texts.pop()
    const before = client.metadata([topic])
    let m = before
    if (m !== undefined && m.topics[topic] === undefined && texts.length > 0) {
      client.warn(
        `[Producer clientId=console-producer] The metadata response from the cluster reported a recoverable issue with correlation id 1 : {${topic}=UNKNOWN_TOPIC_OR_PARTITION}`,
      )
      m = client.metadata([topic], true)
    }
    const producer = m && client.producerId(m)
    for (const [i, text] of texts.entries()) {
      const at = reading.get('parse.key') === 'true' ? text.indexOf(separator) : -1
      if (reading.get('parse.key') === 'true' && at < 0)
        return {
          exitCode: 1,
          stdout: '>'.repeat(i + 1),
          stderr: `${notes(client)}org.apache.kafka.common.KafkaException: No key separator found on line number ${i + 1}: '${text}'\n`,
        }
      const record = at < 0 ? { key: null, value: text } : { key: text.slice(0, at), value: text.slice(at + separator.length) }
      if (m?.topics[topic] === undefined) {
        client.warn(
          `Error when sending message to topic ${topic} with key: null, value: ${Buffer.byteLength(record.value)} bytes with error:`,
          CALLBACK,
          'ERROR',
        )
        client.lines.push(`org.apache.kafka.common.errors.TimeoutException: Topic ${topic} not present in metadata after 60000 ms.`)
      } else deliver(client, m, topic, record, acks, producer && `${producer}/${i}`)
    }
    return { exitCode: 0, stdout: '>'.repeat(texts.length + 1), stderr: notes(client) }
  },
}

export const consoleConsumer: ContainerCommand = {
  executables: ['kafka-console-consumer.sh', 'kafka-console-consumer'],
  run({ argv, ctx }) {
    const { given, unknown } = readOptions(
      argv,
      [
        'bootstrap-server',
        'topic',
        'group',
        'max-messages',
        'timeout-ms',
        'partition',
        'offset',
        'property',
        'consumer-property',
        'consumer.config',
        'isolation-level',
      ],
      ['from-beginning', 'skip-message-on-error'],
    )
    const one = (key: string): string | undefined => given.get(key)?.at(-1)
    if (unknown !== undefined) return { exitCode: 1, stderr: `${unknown.replace(/^-+/, '')} is not a recognized option\n` }
    const topic = one('topic')
    const servers = one('bootstrap-server')
    if (topic === undefined || servers === undefined)
      return { exitCode: 1, stderr: `Missing required option(s) [${servers === undefined ? 'bootstrap-server' : 'topic'}]\n` }
    const client = clientOf(ctx, servers, 'Consumer clientId=console-consumer')
    if (client instanceof Error) return unresolvable('consumer', client)
    const m = client.metadata([topic])
    const max = Number(one('max-messages') ?? Number.POSITIVE_INFINITY)
    const group = one('group') ?? pairs(given.get('consumer-property')).get('group.id')
    const committed = m && group !== undefined ? client.offsets(m, group) : {}
    const printing = pairs(given.get('property'))
    if (m !== undefined && m.topics[topic] === undefined)
      client.warn(
        `[Consumer clientId=console-consumer] The metadata response from the cluster reported a recoverable issue with correlation id 2 : {${topic}=UNKNOWN_TOPIC_OR_PARTITION}`,
      )
    let out = ''
    let count = 0
    const next: Record<string, number> = {}
    // Without its coordinator a group reads nothing.
    for (const [i] of (committed === undefined ? [] : (m?.topics[topic]?.partitions ?? [])).entries()) {
      if (one('partition') !== undefined && Number(one('partition')) !== i) continue
      const key = `${topic}-${i}`
      const end = client.read(m!, topic, i, 0, 0)?.end ?? 0
      const from =
        committed![key] ??
        (/^\d+$/.test(one('offset') ?? '') ? Number(one('offset')) : given.has('from-beginning') || one('offset') === 'earliest' ? 0 : end)
      const records = client.read(m!, topic, i, from, Math.min(max - count, 1_000_000))?.records ?? []
      for (const r of records)
        out += `${printing.get('print.key') === 'true' ? `${r.key ?? 'null'}${printing.get('key.separator') ?? '\t'}` : ''}${r.value ?? 'null'}\n`
      count += records.length
      next[key] = from + records.length
    }
    if (group !== undefined && m && committed !== undefined && Object.keys(next).length > 0)
      client.coordinator(m, group, { kind: 'commit', group, offsets: next })
    const enough = count >= max
    const ending = enough
      ? ''
      : one('timeout-ms') === undefined
        ? END
        : `${line(ctx.nowMs, 'ERROR', 'Error processing message, terminating consumer process: ', 'org.apache.kafka.tools.consumer.ConsoleConsumer')}\norg.apache.kafka.common.errors.TimeoutException\n`
    return { exitCode: 0, stdout: out, stderr: `${notes(client)}${ending}Processed a total of ${count} messages\n` }
  },
}

export const quorumStatus: ContainerCommand = {
  executables: ['kafka-metadata-quorum.sh', 'kafka-broker-api-versions.sh'],
  run({ argv, ctx }) {
    const { given } = readOptions(
      argv.filter((a) => a !== 'describe'),
      ['bootstrap-server'],
      ['status'],
    )
    const what = {
      client: 'AdminClient clientId=adminclient-1',
      call: 'describeMetadataQuorum',
      error: 'Error',
      logger: 'org.apache.kafka.tools.MetadataQuorumCommand',
    }
    return connected(ctx, given.get('bootstrap-server')?.at(-1), what, (client, m) => {
      if (argv[0]!.includes('api-versions'))
        return {
          exitCode: 0,
          stdout: m.brokers
            .map((b) => `${b.host}:${b.port} (id: ${b.id} rack: null) -> (clusterlab does not simulate the list of APIs)\n`)
            .join(''),
        }
      const reply = client.any(m, { kind: 'quorum' })
      if (!reply?.ok || !('voters' in reply))
        return { exitCode: 1, stderr: 'Timed out waiting for a node assignment. Call: describeMetadataQuorum\n' }
      const observers = m.brokers.map((b) => b.id).filter((id) => !reply.voters.some((v) => v.id === id))
      return {
        exitCode: 0,
        stdout: `ClusterId:              ${m.clusterId}\nLeaderId:               ${reply.leader}\nLeaderEpoch:            ${reply.term}\nHighWatermark:          ${reply.version}\nCurrentVoters:          [${reply.voters.map((v) => v.id).join(',')}]\nCurrentObservers:       [${observers.join(',')}]\n`,
      }
    })
  },
}
