/** What the active controller makes of a wish or of a broker's death: the next metadata. Pure. */
import { hash53 } from '../../lib/hash.ts'
import { type BrokerMeta, type Change, type Metadata, type PartitionMeta, type Refusal, refuse, type TopicMeta } from './contract.ts'

const NAME = /^[a-zA-Z0-9._-]{1,249}$/

export const alive = (m: Metadata): BrokerMeta[] => Object.values(m.brokers).filter((b) => !b.fenced)

/** A leader among those in sync and alive; nobody else (unclean election is off). The last in sync stays so, dead or not. */
function led(p: PartitionMeta, isAlive: (id: number) => boolean): PartitionMeta {
  const living = p.isr.filter(isAlive)
  const isr = living.length > 0 ? living : p.isr.includes(p.leader) ? [p.leader] : p.isr.slice(0, 1)
  const leader = isr.includes(p.leader) && isAlive(p.leader) ? p.leader : (p.replicas.find((r) => isr.includes(r) && isAlive(r)) ?? -1)
  if (leader === p.leader && isr.length === p.isr.length) return p
  return { ...p, isr, leader, epoch: leader === p.leader ? p.epoch : p.epoch + 1 }
}

/** The metadata with this broker as it is now, and partitions led by who can. */
export function withBroker(m: Metadata, broker: BrokerMeta): Metadata {
  const brokers: Metadata['brokers'] = { ...m.brokers, [broker.id]: broker }
  const isAlive = (id: number): boolean => brokers[id]?.fenced === false
  const topics = Object.fromEntries(
    Object.entries(m.topics).map(([name, t]) => {
      const partitions = t.partitions.map((p) => led(p, isAlive))
      return [name, partitions.every((p, i) => p === t.partitions[i]) ? t : { ...t, partitions }]
    }),
  )
  return { ...m, brokers, topics }
}

function place(m: Metadata, name: string, first: number, count: number, replicas: number): PartitionMeta[] {
  const ids = alive(m)
    .map((b) => b.id)
    .sort((a, b) => a - b)
  const start = hash53(`${name}/${m.version}`) % ids.length
  return Array.from({ length: count }, (_, i) => {
    const on = Array.from({ length: replicas }, (_r, r) => ids[(start + first + i + r) % ids.length]!)
    return { replicas: on, isr: on, leader: on[0]!, epoch: 0 }
  })
}

const replicasText = (replicas: number, brokers: number): string =>
  `Unable to replicate the partition ${replicas} time(s): The target replication factor of ${replicas} cannot be reached because only ${brokers} broker(s) are registered.`

const missing = (name: string): Refusal => refuse('UNKNOWN_TOPIC_OR_PARTITION', `Topic '${name}' does not exist.`)

function create(m: Metadata, c: Change & { kind: 'create' }, id: string): TopicMeta | Refusal {
  if (!NAME.test(c.name) || c.name === '.' || c.name === '..')
    return refuse(
      'INVALID_TOPIC_EXCEPTION',
      `Topic name is invalid: '${c.name}' contains one or more characters other than ASCII alphanumerics, '.', '_' and '-'`,
    )
  if (m.topics[c.name] !== undefined) return refuse('TOPIC_ALREADY_EXISTS', `Topic '${c.name}' already exists.`)
  if (!(c.partitions >= 1)) return refuse('INVALID_PARTITIONS', 'Number of partitions was set to an invalid non-positive value.')
  if (!(c.replicas >= 1)) return refuse('INVALID_REPLICATION_FACTOR', 'Replication factor must be larger than 0.')
  const brokers = alive(m).length
  if (c.replicas > brokers) return refuse('INVALID_REPLICATION_FACTOR', replicasText(c.replicas, brokers))
  return { id, config: c.config, partitions: place(m, c.name, 0, c.partitions, c.replicas) }
}

/** The next metadata (its version not yet raised), or why not. `id`: what a new topic is called inside. */
export function changed(m: Metadata, c: Change, id: string): Metadata | Refusal {
  const set = (name: string, topic: TopicMeta): Metadata => ({ ...m, topics: { ...m.topics, [name]: topic } })
  switch (c.kind) {
    case 'create': {
      const made = create(m, c, id)
      return 'ok' in made ? made : set(c.name, made)
    }
    case 'delete': {
      if (m.topics[c.name] === undefined) return missing(c.name)
      const { [c.name]: _gone, ...topics } = m.topics
      return { ...m, topics }
    }
    case 'grow': {
      const topic = m.topics[c.name]
      if (topic === undefined) return missing(c.name)
      const before = topic.partitions.length
      if (!(c.partitions > before))
        return refuse(
          'INVALID_PARTITIONS',
          `The topic ${c.name} currently has ${before} partition(s); ${c.partitions} would not be an increase.`,
        )
      const replicas = Math.min(topic.partitions[0]!.replicas.length, alive(m).length)
      return set(c.name, { ...topic, partitions: [...topic.partitions, ...place(m, c.name, before, c.partitions - before, replicas)] })
    }
    case 'configure': {
      const topic = m.topics[c.name]
      return topic === undefined ? missing(c.name) : set(c.name, { ...topic, config: { ...topic.config, ...c.config } })
    }
    case 'isr': {
      const topic = m.topics[c.topic]
      const p = topic?.partitions[c.partition]
      if (topic === undefined || p === undefined) return missing(c.topic)
      if (p.epoch !== c.epoch) return refuse('NOT_LEADER_OR_FOLLOWER', 'fenced leader epoch')
      // Nobody joins who is not there.
      const isr = p.replicas.filter((r) => c.isr.includes(r) && m.brokers[r]?.fenced === false)
      return set(c.topic, { ...topic, partitions: topic.partitions.with(c.partition, { ...p, isr: isr.length > 0 ? isr : p.isr }) })
    }
    case 'fence': {
      const broker = m.brokers[c.id]
      return broker === undefined || broker.fenced ? m : withBroker(m, { ...broker, fenced: true })
    }
  }
}
