/** Images on a node: whether one must be pulled, what the registry says, and the images kept. */
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import type { Image, ImageResolution, RegistryCredential } from '../../programs/contract.ts'
import type { KubeletHands } from './hands.ts'

const FAMILY = 'image'

export interface KeptImage {
  readonly reference: string
  readonly imageId: string
  readonly sizeBytes: number
}

export const isPresent = (hands: KubeletHands, reference: string): KeptImage | undefined =>
  hands.cluster.cells.get<KeptImage>(FAMILY, `${hands.node.name}|${reference}`)

export function keepImage(hands: KubeletHands, reference: string, resolution: ImageResolution & { ok: true }): void {
  if (isPresent(hands, reference)) return
  hands.cluster.cells.put(FAMILY, `${hands.node.name}|${reference}`, {
    reference,
    imageId: resolution.imageId,
    sizeBytes: resolution.sizeBytes,
  })
}

/** Takes an image off the node's disk; containers made from it run on. */
export const removeImage = (hands: KubeletHands, reference: string): void =>
  hands.cluster.cells.delete(FAMILY, `${hands.node.name}|${reference}`)

export const imagesOf = (hands: KubeletHands): readonly KeptImage[] => {
  const prefix = `${hands.node.name}|`
  return hands.cluster.cells
    .keys(FAMILY)
    .filter((k) => k.startsWith(prefix))
    .map((k) => hands.cluster.cells.get<KeptImage>(FAMILY, k)!)
}

export type PullDecision = 'pull' | 'present' | 'never'

export function pullDecision(container: Container, present: boolean): PullDecision {
  if (container.imagePullPolicy === 'Always') return 'pull'
  if (present) return 'present'
  return container.imagePullPolicy === 'Never' ? 'never' : 'pull'
}

/** Credentials from imagePullSecrets: `.dockerconfigjson`'s auths. */
export function credentialsOf(hands: KubeletHands, pod: Pod): RegistryCredential[] {
  const found: RegistryCredential[] = []
  for (const { name } of pod.spec?.imagePullSecrets ?? []) {
    const secret = hands.cluster.read.get('secrets', pod.metadata.namespace, name ?? '')
    const text = secret?.data?.['.dockerconfigjson']
    if (text === undefined) continue
    try {
      const auths =
        (JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as { auths?: Record<string, { username?: string; password?: string }> })
          .auths ?? {}
      for (const [registry, { username = '', password = '' }] of Object.entries(auths)) found.push({ registry, username, password })
    } catch {
      // A Secret of this type holds JSON; the API server checked that when it was made.
    }
  }
  return found
}

export const resolveImage = (hands: KubeletHands, pod: Pod, reference: string): ImageResolution =>
  hands.catalog.pull(reference, credentialsOf(hands, pod))

/** The image a running container was made from. */
export const imageOf = (hands: KubeletHands, reference: string): Image | undefined => hands.catalog.image(reference)
