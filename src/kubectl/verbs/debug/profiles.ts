/**
 * What `kubectl debug --profile` gives a debugging container and its pod (KEP-1441, debugging profiles), and `--custom`'s changes to it: one
 * record a profile.
 */
import { applyMergePatch } from '../../../api/patch/merge.ts'
import { CommandError } from '../../errors.ts'
import { parseYaml } from '../../resources/yaml.ts'
import type { VerbContext } from '../../verb.ts'

export type Container = Record<string, unknown>
/** What is debugged: a node, a pod in place, or a copy of it. */
export type Style = 'node' | 'ephemeral' | 'copy'

interface Profile {
  readonly securityContext?: Container
  /** Only for this style: general's tracing is of no use on a node. */
  readonly not?: Style
  /** The node's namespaces, and its disk under /host, for pods on nodes. */
  readonly hostNamespaces?: boolean
  readonly hostDisk?: boolean
}

const profiles: Readonly<Record<string, Profile>> = {
  general: { securityContext: { capabilities: { add: ['SYS_PTRACE'] } }, not: 'node', hostNamespaces: true, hostDisk: true },
  baseline: {},
  restricted: {
    securityContext: {
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      runAsNonRoot: true,
      seccompProfile: { type: 'RuntimeDefault' },
    },
  },
  netadmin: { securityContext: { capabilities: { add: ['NET_ADMIN', 'NET_RAW'] } }, hostNamespaces: true },
  sysadmin: { securityContext: { privileged: true }, hostNamespaces: true, hostDisk: true },
}

/** Throws for a profile that there is not. */
export function profileOf(context: VerbContext): Profile {
  const name = context.flags.text('profile')
  const found = Object.hasOwn(profiles, name) ? profiles[name] : undefined
  if (found === undefined) throw new CommandError(`unknown profile: ${name}`)
  return found
}

export function withProfile(container: Container, profile: Profile, style: Style): Container {
  return profile.securityContext === undefined || profile.not === style
    ? container
    : { ...container, securityContext: structuredClone(profile.securityContext) }
}

/** Fields that a custom profile must leave alone. */
const FIXED = ['name', 'command', 'image', 'lifecycle', 'volumeDevices']
/** Lists whose entries are told apart by a key. */
const KEYS: Readonly<Record<string, string>> = { env: 'name', volumeMounts: 'mountPath', ports: 'containerPort' }

function mergedList(before: unknown, more: unknown, key: string): unknown {
  if (!Array.isArray(more)) return more
  const list = (Array.isArray(before) ? before : []) as Container[]
  const added = more as Container[]
  return [...list.filter((item) => !added.some((a) => a[key] === item[key])), ...added]
}

/** The container spec of `--custom`'s file. Throws for a file that is none, or that says what it may not. */
export function customOf(context: VerbContext): Container | undefined {
  const path = context.flags.text('custom')
  if (path === '') return undefined
  const full = path.startsWith('/') ? path : `${context.host.cwd}/${path}`
  if (context.host.files.stat(full) === undefined)
    throw new CommandError(`must pass a container spec json file for custom profile: open ${path}: no such file or directory`)
  let custom: unknown
  try {
    custom = parseYaml(context.host.files.read(full))
  } catch {
    custom = undefined
  }
  if (typeof custom !== 'object' || custom === null || Array.isArray(custom))
    throw new CommandError(`${path} does not contain a valid container spec`)
  if (FIXED.some((field) => Object.hasOwn(custom, field)))
    throw new CommandError('name, command, image, lifecycle and volume devices are not modifiable via custom profile')
  return custom as Container
}

export function withCustom(container: Container, custom: Container | undefined): Container {
  if (custom === undefined) return container
  const lists = Object.fromEntries(
    Object.entries(KEYS).flatMap(([field, key]) =>
      custom[field] === undefined ? [] : [[field, mergedList(container[field], custom[field], key)]],
    ),
  )
  return { ...(applyMergePatch(container, custom) as Container), ...lists }
}
