/** What becomes of a volume's attachments, pure: who uses it where, which nodes answer, and since when a silent one has held it for nobody. */
import type { Pod } from '../../api/generated/types/core-v1.ts'

/** A volume is taken from a node that does not answer after this long (maxWaitForUnmountDuration). */
export const FORCE_DETACH_MS = 360_000

export interface Held {
  readonly node: string
  /** Since when no pod has used it there; absent while one does, or where nobody looked yet. */
  readonly unusedMs?: number
}

export interface AttachInput {
  readonly nowMs: number
  /** One node at a time may hold it. */
  readonly exclusive: boolean
  /** Pods bound to a node that use the volume and have not ended. */
  readonly users: readonly Pod[]
  readonly held: readonly Held[]
  /** Whether a node confirms that it let go: its kubelet answers, or an administrator declared it out of service. */
  readonly answers: (node: string) => boolean
}

export interface AttachPlan {
  readonly detach: readonly string[]
  readonly attach: readonly string[]
  /** Nodes that hold it for nobody and do not answer. */
  readonly abandoned: readonly string[]
  /** When the first of them is due. */
  readonly againMs?: number
  /** Pods that must wait because another node holds it. */
  readonly refused: readonly Pod[]
}

export function planAttachments({ nowMs, exclusive, users, held, answers }: AttachInput): AttachPlan {
  const wanted = [...new Set(users.map((p) => p.spec!.nodeName!))].sort()
  const unused = held.filter((h) => !wanted.includes(h.node))
  const isDue = (h: Held): boolean => answers(h.node) || (h.unusedMs !== undefined && nowMs - h.unusedMs >= FORCE_DETACH_MS)
  const detach = unused.filter(isDue).map((h) => h.node)
  const abandoned = unused.filter((h) => !isDue(h))
  const stays = held.map((h) => h.node).filter((n) => !detach.includes(n))
  const attach: string[] = []
  for (const node of wanted) if (!stays.includes(node) && !(exclusive && stays.length + attach.length > 0)) attach.push(node)
  const waits = Math.min(...abandoned.map((h) => (h.unusedMs ?? nowMs) + FORCE_DETACH_MS - nowMs))
  return {
    detach,
    attach,
    abandoned: abandoned.map((h) => h.node),
    ...(Number.isFinite(waits) && { againMs: waits }),
    refused: users.filter((p) => !stays.includes(p.spec!.nodeName!) && !attach.includes(p.spec!.nodeName!)),
  }
}

/** `others` are pods that use the volume on other nodes; only those of the same namespace may be named. */
export function multiAttachMessage(volume: string, pod: Pod, others: readonly Pod[]): string {
  const own = others.filter((p) => p.metadata.namespace === pod.metadata.namespace).map((p) => p.metadata.name)
  const foreign = others.length - own.length
  const base = `Multi-Attach error for volume "${volume}" `
  if (others.length === 0) return `${base}Volume is already exclusively attached to one node and can't be attached to another`
  if (own.length === 0) return `${base}Volume is already used by ${foreign} pod(s) in different namespaces`
  return `${base}Volume is already used by pod(s) ${own.join(', ')}${foreign > 0 ? ` and ${foreign} pod(s) in different namespaces` : ''}`
}
