/**
 * Attaching volumes that only one machine can hold: what the attach-detach controller keeps of it, and its Multi-Attach error
 * (pkg/controller/volume/attachdetach). NFS and files on a node's disk need no attaching.
 */
import type { PersistentVolume, Pod } from '../api/generated/types/core-v1.ts'
import type { Cells } from '../sim/state.ts'

const FAMILY = 'attachment'
/** A volume is taken from a node that does not answer after this long (maxWaitForUnmountDuration). */
export const FORCE_DETACH_MS = 360_000

export interface Attachment {
  readonly node: string
  readonly sinceMs: number
  /** When the last pod that used it there was to be gone; absent while one uses it. */
  readonly unusedMs?: number
}

/** Whether a volume is a network block device. (The NFS driver's volumes are CSI volumes, too: they name a share.) */
export function isBlockDevice({ spec }: PersistentVolume): boolean {
  return (
    (spec?.csi !== undefined && spec.csi.volumeAttributes?.['share'] === undefined) ||
    spec?.awsElasticBlockStore !== undefined ||
    spec?.gcePersistentDisk !== undefined ||
    spec?.azureDisk !== undefined ||
    spec?.cinder !== undefined ||
    spec?.iscsi !== undefined ||
    spec?.fc !== undefined
  )
}

/** Whether it must be attached, by one node at a time. */
export function needsAttaching(volume: PersistentVolume): boolean {
  const { spec } = volume
  const shared = spec?.accessModes?.some((m) => m === 'ReadWriteMany' || m === 'ReadOnlyMany') === true
  return isBlockDevice(volume) && !shared
}

/** What a node is told when it asks for a volume. */
export type AttachVerdict = { readonly ok: true } | { readonly ok: false; readonly message: string }

/** `others` are pods that use the volume on other nodes; `sameNamespace` tells which of them may be named. */
export function multiAttachMessage(volume: string, pod: Pod, others: readonly Pod[]): string {
  const own = others.filter((p) => p.metadata.namespace === pod.metadata.namespace).map((p) => p.metadata.name)
  const foreign = others.length - own.length
  const base = `Multi-Attach error for volume "${volume}" `
  if (others.length === 0) return `${base}Volume is already exclusively attached to one node and can't be attached to another`
  if (own.length === 0) return `${base}Volume is already used by ${foreign} pod(s) in different namespaces`
  return `${base}Volume is already used by pod(s) ${own.join(', ')}${foreign > 0 ? ` and ${foreign} pod(s) in different namespaces` : ''}`
}

export class Attachments {
  readonly #cells: Cells

  constructor(cells: Cells) {
    this.#cells = cells
  }

  of(volume: string): Attachment | undefined {
    return this.#cells.get<Attachment>(FAMILY, volume)
  }

  /**
   * Attaches a volume to the node of a pod unless another node holds it. `users` are the pods that use the volume now; `reports` tells whether
   * a node's kubelet answers, so that it can confirm that it let go.
   */
  attach(volume: PersistentVolume, pod: Pod, users: readonly Pod[], nowMs: number, reports: (node: string) => boolean): AttachVerdict {
    if (!needsAttaching(volume)) return { ok: true }
    const { name } = volume.metadata
    const node = pod.spec!.nodeName!
    const held = this.of(name)
    const others = users.filter((p) => p.spec?.nodeName !== undefined && p.spec.nodeName !== node && p.metadata.uid !== pod.metadata.uid)
    if (held !== undefined && held.node !== node && !this.#letGo(name, held, others, nowMs, reports))
      return { ok: false, message: multiAttachMessage(name, pod, others) }
    if (held?.node !== node) this.#cells.put(FAMILY, name, { node, sinceMs: nowMs } satisfies Attachment)
    return { ok: true }
  }

  /** Once nobody uses it there: at once from a node that answers, after six minutes from one that does not. */
  #letGo(name: string, held: Attachment, others: readonly Pod[], nowMs: number, reports: (node: string) => boolean): boolean {
    if (others.some((p) => p.spec!.nodeName === held.node)) {
      if (held.unusedMs !== undefined) this.#cells.put(FAMILY, name, { node: held.node, sinceMs: held.sinceMs } satisfies Attachment)
      return false
    }
    if (reports(held.node)) return true
    if (held.unusedMs === undefined) {
      this.#cells.put(FAMILY, name, { ...held, unusedMs: nowMs } satisfies Attachment)
      return false
    }
    return nowMs - held.unusedMs >= FORCE_DETACH_MS
  }

  release(volume: string): void {
    this.#cells.delete(FAMILY, volume)
  }
}
