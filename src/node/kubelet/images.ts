/** Images on a node: whether one must be pulled, what the registry says, and the images kept. */
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import type { Image, ImageResolution, RegistryCredential } from '../../programs/contract.ts'
import { canonical, parseReference } from '../../programs/images/reference.ts'
import { type KubeletHands, podEvent } from './hands.ts'

const FAMILY = 'image'

export interface KeptImage {
  readonly reference: string
  readonly imageId: string
  readonly sizeBytes: number
  /** When it was pulled. */
  readonly sinceMs: number
}

export const isPresent = (hands: KubeletHands, reference: string): KeptImage | undefined =>
  hands.cluster.cells.get<KeptImage>(FAMILY, `${hands.node.name}|${reference}`)

export function keepImage(hands: KubeletHands, reference: string, resolution: ImageResolution & { ok: true }): void {
  if (isPresent(hands, reference)) return
  hands.cluster.cells.put(FAMILY, `${hands.node.name}|${reference}`, {
    reference,
    imageId: resolution.imageId,
    sizeBytes: resolution.sizeBytes,
    sinceMs: hands.cluster.clock.nowMs,
  })
}

/** Takes an image off the node's disk; containers made from it run on. */
export const removeImage = (hands: KubeletHands, reference: string): void =>
  hands.cluster.cells.delete(FAMILY, `${hands.node.name}|${reference}`)

export const imagesOf = (hands: KubeletHands): readonly KeptImage[] => {
  const { cells } = hands.cluster
  return cells.keys(FAMILY, `${hands.node.name}|`).map((k) => cells.get<KeptImage>(FAMILY, k)!)
}

/** The kubelet removes unused images once the disk is fuller than this, until it is no fuller than that (imageGCHighThresholdPercent). */
const HIGH = 0.85
const LOW = 0.8
/** Younger ones stay (imageMinimumGCAge). */
const YOUNG_MS = 120_000

/** How much an image collection has to free; 0 below the threshold. */
export const imageExcess = (capacityBytes: number, usedBytes: number): number =>
  usedBytes < capacityBytes * HIGH ? 0 : usedBytes - capacityBytes * LOW

/** Removes unused images, the oldest first, until so much is free; gives what was freed. `minAgeMs` is 0 under disk pressure. */
export function collectImages(hands: KubeletHands, used: ReadonlySet<string>, neededBytes: number, minAgeMs = YOUNG_MS): number {
  const now = hands.cluster.clock.nowMs
  let freed = 0
  for (const image of [...imagesOf(hands)].sort((a, b) => a.sinceMs - b.sinceMs)) {
    if (freed >= neededBytes) break
    if (used.has(canonicalReference(image.reference)) || now - image.sinceMs < minAgeMs) continue
    removeImage(hands, image.reference)
    freed += image.sizeBytes
  }
  return freed
}

/** The name the runtime knows an image by. */
export const canonicalReference = (text: string): string => {
  const reference = parseReference(text)
  return reference === undefined ? text : canonical(reference)
}

export type PullDecision = 'pull' | 'present' | 'never'

export function pullDecision(container: Container, present: boolean): PullDecision {
  if (container.imagePullPolicy === 'Always') return 'pull'
  if (present) return 'present'
  return container.imagePullPolicy === 'Never' ? 'never' : 'pull'
}

interface Login {
  readonly username?: string
  readonly password?: string
  /** Both at once, `user:password` in base64. */
  readonly auth?: string
}

function credential(registry: string, { username, password, auth }: Login): RegistryCredential {
  const [user = '', ...rest] = auth === undefined ? [] : Buffer.from(auth, 'base64').toString('utf8').split(':')
  return { registry, username: username || user, password: password || rest.join(':') }
}

/** What a Secret of one of the two types holds: `.dockerconfigjson`'s auths, or the older `.dockercfg`. */
function loginsOf(data: Readonly<Record<string, string>>): RegistryCredential[] {
  const text = data['.dockerconfigjson'] ?? data['.dockercfg']
  if (text === undefined) return []
  try {
    const read = JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Record<string, unknown>
    const auths = (data['.dockerconfigjson'] === undefined ? read : (read['auths'] ?? {})) as Record<string, Login>
    return Object.entries(auths).map(([registry, login]) => credential(registry, login))
  } catch {
    // A Secret of this type holds JSON; the API server checked that when it was made.
    return []
  }
}

/** Credentials from imagePullSecrets, and the names of those that are not there. */
function pullSecrets(hands: KubeletHands, pod: Pod): { readonly credentials: RegistryCredential[]; readonly missing: string[] } {
  const credentials: RegistryCredential[] = []
  const missing: string[] = []
  for (const { name = '' } of pod.spec?.imagePullSecrets ?? []) {
    const secret = hands.cluster.read.get('secrets', pod.metadata.namespace, name)
    if (secret === undefined) missing.push(name)
    else credentials.push(...loginsOf(secret.data ?? {}))
  }
  return { credentials, missing }
}

/** Says which imagePullSecrets there are none of, as each sync of the pod finds out. */
export function tellMissingSecrets(hands: KubeletHands, pod: Pod): void {
  const { missing } = pullSecrets(hands, pod)
  if (missing.length === 0) return
  const message = `Unable to retrieve some image pull secrets (${missing.join(', ')}); attempting to pull the image may not succeed.`
  podEvent(hands, pod, 'Warning', 'FailedToRetrieveImagePullSecret', message)
}

export const resolveImage = (hands: KubeletHands, pod: Pod, reference: string): ImageResolution =>
  hands.catalog.pull(reference, pullSecrets(hands, pod).credentials)

/** The image a running container was made from. */
export const imageOf = (hands: KubeletHands, reference: string): Image | undefined => hands.catalog.image(reference)
