/** What a RabbitMQ node holds: plain data. */
import { sha256 } from '../../lib/hash.ts'

export interface Message {
  readonly payload: string
  readonly persistent: boolean
  readonly redelivered: boolean
}
export interface Queue {
  readonly durable: boolean
  readonly messages: readonly Message[]
}
export interface State {
  readonly phase: 'starting' | 'up' | 'stopped'
  readonly directory: string
  readonly node: string
  readonly management: boolean
  /** Share of the memory beyond which publishers wait. */
  readonly watermark: number
  readonly users: Readonly<Record<string, string>>
  readonly queues: Readonly<Record<string, Queue>>
}

export const BASE_BYTES = 115 * 1024 * 1024
/** What a message takes beside its text. */
const MESSAGE_BYTES = 720

export const hashOf = (password: string): string => sha256(`rabbit/${password}`)

export const usedBytes = (s: State): number =>
  BASE_BYTES + Object.values(s.queues).reduce((sum, q) => sum + q.messages.reduce((n, m) => n + m.payload.length + MESSAGE_BYTES, 0), 0)
