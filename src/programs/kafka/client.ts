/**
 * A client of Kafka, for the command-line tools and for other programs that send to it or read from it: it asks a bootstrap server who the brokers are
 * and dials the addresses that these advertise. What it could not do it says in the words of the Java client.
 */
import { hash53 } from '../../lib/hash.ts'
import type { ProcessContext } from '../contract.ts'
import type { ClientMetadata, ClientReply, ClientRequest, LogRecord, PartitionMeta, Produced, Voter } from './contract.ts'
import { type Level, line } from './messages.ts'

const NETWORK = 'org.apache.kafka.clients.NetworkClient'
const TIMEOUT_MS = 30_000

export interface Bootstrap {
  readonly host: string
  readonly port: number
}

export const bootstrapOf = (text: string): Bootstrap[] =>
  text
    .split(',')
    .filter((t) => t.trim() !== '')
    .map((t) => {
      const colon = t.lastIndexOf(':')
      return { host: t.slice(0, colon < 0 ? undefined : colon).trim(), port: colon < 0 ? 9092 : Number(t.slice(colon + 1)) }
    })

/** No bootstrap server has a name that leads anywhere: the client is not even made. */
export class NoBootstrapError extends Error {}

export interface Sent {
  readonly error?: string
  readonly text?: string
  readonly offset?: number
}

export class KafkaClient {
  readonly #ctx: ProcessContext
  readonly #bootstrap: readonly Bootstrap[]
  readonly #name: string
  /** What the client wrote about its troubles. */
  readonly lines: string[] = []
  latencyMs = 0

  /** `name`: as in the log, `AdminClient clientId=adminclient-1`. Throws NoBootstrapError. */
  constructor(ctx: ProcessContext, servers: string, name: string) {
    this.#ctx = ctx
    this.#name = name
    this.#bootstrap = bootstrapOf(servers).filter(({ host, port }) => {
      if (/^[\d.]+$/.test(host) || host === 'localhost' || ctx.resolve(host).ok) return true
      this.warn(
        `Couldn't resolve server ${host}:${port} from bootstrap.servers as DNS resolution failed for ${host}`,
        'org.apache.kafka.clients.ClientUtils',
      )
      return false
    })
    if (this.#bootstrap.length === 0) throw new NoBootstrapError('No resolvable bootstrap urls given in bootstrap.servers')
  }

  warn(text: string, logger = NETWORK, level: Level = 'WARN'): void {
    this.lines.push(line(this.#ctx.nowMs, level, text, logger))
  }

  #dial(at: Bootstrap, node: string, payload: ClientRequest): ClientReply | undefined {
    const local = at.host === 'localhost'
    const host = local ? '127.0.0.1' : at.host
    const result = this.#ctx.dial({ host, port: at.port, protocol: 'kafka', payload, timeoutMs: TIMEOUT_MS })
    this.latencyMs += result.latencyMs
    if (result.ok && result.reply !== null) return result.reply as ClientReply
    const ip = local ? host : (result.peer?.ip ?? host)
    if (!result.ok && result.failure.startsWith('dns'))
      this.lines.push(
        `${line(this.#ctx.nowMs, 'WARN', `[${this.#name}] Error connecting to node ${at.host}:${at.port} (id: ${node} rack: null)`, NETWORK)}\njava.net.UnknownHostException: ${at.host}`,
      )
    else if (!result.ok && result.failure === 'reset')
      this.warn(
        `[${this.#name}] Connection to node ${node} (${at.host}/${ip}:${at.port}) terminated during authentication. This may happen due to any of the following reasons: (1) Firewall blocking Kafka TLS traffic (eg it may only allow HTTPS traffic), (2) Transient network issue.`,
      )
    else
      this.warn(
        `[${this.#name}] Connection to node ${node} (${at.host}/${ip}:${at.port}) could not be established. Node may not be available.`,
      )
    return undefined
  }

  /** From the first bootstrap server that answers; undefined: none did. */
  metadata(topics?: readonly string[], create = false): ClientMetadata | undefined {
    for (const [i, at] of this.#bootstrap.entries()) {
      const reply = this.#dial(at, String(-1 - i), { kind: 'metadata', ...(topics && { topics }), create })
      if (reply?.ok && 'brokers' in reply) return reply
    }
    return undefined
  }

  /** Asks a broker at the address it advertises. Undefined: it did not answer. */
  at(broker: Voter, payload: ClientRequest): ClientReply | undefined {
    return this.#dial(broker, String(broker.id), payload)
  }

  /** Asks any broker of the cluster. */
  any(m: ClientMetadata, payload: ClientRequest): ClientReply | undefined {
    for (const broker of m.brokers) {
      const reply = this.at(broker, payload)
      if (reply !== undefined) return reply
    }
    return undefined
  }

  /** A name for what this producer sends, so that what it sends again is written once. */
  producerId(m: ClientMetadata): string | undefined {
    const reply = this.any(m, { kind: 'producer-id' })
    return reply?.ok && 'producer' in reply ? reply.producer : undefined
  }

  #leader(m: ClientMetadata, p: PartitionMeta | undefined): Voter | undefined {
    return p && m.brokers.find((b) => b.id === p.leader)
  }

  /** Which partition a record goes to: by its key, or one for all that have none. (The spread is even; it is not murmur2.) */
  partitionOf(m: ClientMetadata, topic: string, record: Produced): number {
    const count = m.topics[topic]?.partitions.length ?? 1
    return hash53(record.key ?? `sticky/${Math.floor(this.#ctx.nowMs)}`) % count
  }

  /** Sends records of one partition to its leader and says what came of it, once. */
  send(m: ClientMetadata, topic: string, partition: number, records: readonly Produced[], acks: number, from?: string): Sent {
    const p = m.topics[topic]?.partitions[partition]
    if (p === undefined) return { error: 'UNKNOWN_TOPIC_OR_PARTITION' }
    const leader = this.#leader(m, p)
    if (leader === undefined) return { error: 'LEADER_NOT_AVAILABLE' }
    const reply = this.at(leader, { kind: 'produce', topic, partition, acks, records, ...(from !== undefined && { from }) })
    if (reply === undefined) return { error: 'REQUEST_TIMED_OUT' }
    return reply.ok ? ('offset' in reply ? { offset: reply.offset } : {}) : { error: reply.error, text: reply.text }
  }

  /** Records of a partition from an offset on. Undefined: its leader did not answer. */
  read(
    m: ClientMetadata,
    topic: string,
    partition: number,
    offset: number,
    max: number,
  ): { records: readonly (LogRecord & { offset: number })[]; end: number } | undefined {
    const leader = this.#leader(m, m.topics[topic]?.partitions[partition])
    if (leader === undefined) return undefined
    let reply = this.at(leader, { kind: 'fetch', topic, partition, offset, max })
    // auto.offset.reset
    if (reply !== undefined && !reply.ok && reply.error === 'OFFSET_OUT_OF_RANGE')
      reply = this.at(leader, { kind: 'fetch', topic, partition, offset: 0, max })
    return reply?.ok && 'records' in reply ? reply : undefined
  }

  /** Asks the broker that keeps a group's offsets. Undefined: there is none, or it does not answer. */
  coordinator(m: ClientMetadata, group: string, payload: ClientRequest): ClientReply | undefined {
    const found = this.any(m, { kind: 'coordinator', group })
    return found?.ok && 'node' in found ? this.at(found.node, payload) : undefined
  }

  /** The offsets a group has committed. */
  offsets(m: ClientMetadata, group: string): Readonly<Record<string, number>> | undefined {
    const reply = this.coordinator(m, group, { kind: 'offsets', group })
    return reply?.ok && 'groups' in reply ? (reply.groups[group] ?? {}) : undefined
  }
}
