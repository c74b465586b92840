/** Who a container's processes are: the security contexts', the image's user, or root; and whether the kubelet lets such a one start. */
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import type { Image } from '../../programs/contract.ts'
import type { Capability, Credentials } from '../../script/credentials.ts'
import { ConfigError } from './env.ts'

/** Of root, what containerd leaves to a container by default, as far as it matters here. */
const DEFAULT_CAPABILITIES: readonly Capability[] = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'KILL', 'NET_BIND_SERVICE', 'SETUID']

const plain = (name: string): string => name.toUpperCase().replace(/^CAP_/, '')

function capabilitiesOf(container: Container, uid: number): readonly Capability[] {
  if (uid !== 0) return []
  const { privileged, capabilities } = container.securityContext ?? {}
  if (privileged) return DEFAULT_CAPABILITIES
  const drop = new Set((capabilities?.drop ?? []).map(plain))
  const add = new Set((capabilities?.add ?? []).map(plain))
  return DEFAULT_CAPABILITIES.filter((c) => add.has('ALL') || add.has(c) || !(drop.has('ALL') || drop.has(c)))
}

/** The user an image names, as its /etc/passwd numbers it. */
function imageUser(image: Image): { uid: number; gid: number } {
  const [user = '', group] = (image.user ?? '').split(':')
  const known = image.users?.[user]
  const uid = known?.[0] ?? (/^\d+$/.test(user) ? Number(user) : 0)
  return { uid, gid: group !== undefined && /^\d+$/.test(group) ? Number(group) : (known?.[1] ?? groupOf(image, uid)) }
}

/** The group the image's /etc/passwd gives a user; root's where it does not know it. */
const groupOf = (image: Image, uid: number): number => Object.values(image.users ?? {}).find(([id]) => id === uid)?.[1] ?? 0

/** A container's first process, and whoever is started beside it. */
export function credentialsOf(pod: Pod, container: Container, image: Image | undefined): Credentials {
  const whole = pod.spec?.securityContext ?? {}
  const own = container.securityContext ?? {}
  const asked = own.runAsUser ?? whole.runAsUser
  const byImage = image === undefined ? { uid: 0, gid: 0 } : imageUser(image)
  const uid = asked ?? byImage.uid
  const gid = own.runAsGroup ?? whole.runAsGroup ?? (asked === undefined || image === undefined ? byImage.gid : groupOf(image, uid))
  const groups = [...new Set([...(whole.fsGroup === undefined ? [] : [whole.fsGroup]), ...(whole.supplementalGroups ?? [])])]
  return { uid, gid, groups, capabilities: capabilitiesOf(container, uid) }
}

/** Root as every container's is unless it was told otherwise: nothing has to be looked at for it. */
export const isPlainRoot = ({ uid, gid, capabilities }: Credentials): boolean =>
  uid === 0 && gid === 0 && (['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] as const).every((c) => capabilities.includes(c))

/** The user that an image's start script goes on as when it was started as root (gosu); it is refused nothing, since the script gave it its files. */
export function servingAs(image: Image | undefined, who: Credentials): Credentials | undefined {
  const user = image?.serves === undefined ? undefined : image.users?.[image.serves]
  if (user === undefined || who.uid !== 0 || !who.capabilities.includes('SETUID')) return undefined
  return { uid: user[0], gid: user[1], groups: who.groups, capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'] }
}

/** Throws ConfigError where runAsNonRoot is asked for and root would run (kubelet's verifyRunAsNonRoot). */
export function verifyNonRoot(pod: Pod, container: Container, image: Image): void {
  const whole = pod.spec?.securityContext
  const own = container.securityContext
  if (!(own?.runAsNonRoot ?? whole?.runAsNonRoot)) return
  const where = `(pod: "${pod.metadata.name}_${pod.metadata.namespace}(${pod.metadata.uid})", container: ${container.name})`
  const asked = own?.runAsUser ?? whole?.runAsUser
  if (asked === 0) throw new ConfigError(`container's runAsUser breaks non-root policy ${where}`)
  if (asked !== undefined) return
  const user = (image.user ?? '').split(':')[0]!
  if (user === '' || user === '0') throw new ConfigError(`container has runAsNonRoot and image will run as root ${where}`)
  if (!/^\d+$/.test(user))
    throw new ConfigError(`container has runAsNonRoot and image has non-numeric user (${user}), cannot verify user is non-root ${where}`)
}

/** The lowest port that anybody may take: containerd 2 lets all, on the machine's own network the kernel's 1024 holds; the pod may set it. */
export function portFloorOf(pod: Pod): number {
  const set = pod.spec?.securityContext?.sysctls?.find((s) => s.name === 'net.ipv4.ip_unprivileged_port_start')?.value
  return set !== undefined && /^\d+$/.test(set) ? Number(set) : pod.spec?.hostNetwork ? 1024 : 0
}
