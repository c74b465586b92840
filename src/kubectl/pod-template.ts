/**
 * The pod template within an object, found through the kind's `podTemplatePath`, and changes of it as two-way patches.
 */
import { ApiError } from '../api/errors.ts'
import type { KindDefinition } from '../api/kind.ts'
import type { ApiObject } from '../api/meta.ts'
import { createMergePatch } from '../api/patch/merge.ts'
import { createTwoWayMergePatch } from '../api/patch/strategic-diff.ts'
import { CommandError, messageOf, throwAll } from './errors.ts'
import { dryRunOf, type Teller, writeQuery } from './options.ts'
import { recorded } from './record.ts'
import { build, buildFromFiles, type Info } from './resources/builder.ts'
import type { VerbContext } from './verb.ts'

export interface ContainerShape {
  name: string
  image?: string
  env?: { name: string; value?: string; valueFrom?: Record<string, unknown> }[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  ports?: { containerPort: number; name?: string; protocol?: string }[]
  [key: string]: unknown
}

export interface PodSpecShape {
  containers: ContainerShape[]
  initContainers?: ContainerShape[]
  serviceAccountName?: string
  [key: string]: unknown
}

/** What stands at a dotted path; the object itself for ''. */
export function atPath(object: unknown, path: string): unknown {
  return path === '' ? object : path.split('.').reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], object)
}

/** The pod spec of an object, undefined for kinds without one. */
export function podSpecOf(kind: KindDefinition, object: ApiObject): PodSpecShape | undefined {
  const path = kind.capabilities?.podTemplatePath
  if (path === undefined) return undefined
  return (atPath(object, path) as { spec?: PodSpecShape } | undefined)?.spec
}

/** The patch from one object to another, in the form the kind takes. */
export function patchBetween(
  kind: KindDefinition,
  before: ApiObject,
  after: ApiObject,
): { patch: Record<string, unknown>; type: 'strategic' | 'merge' } {
  if (kind.schema.name?.startsWith('io.k8s.') === true)
    return { patch: createTwoWayMergePatch(before, after, kind.schema) as Record<string, unknown>, type: 'strategic' }
  return { patch: createMergePatch(before, after), type: 'merge' }
}

export interface ChangeOptions {
  /** `deployment.apps/web image updated`. */
  readonly message: string
  /** Before the server's refusal; it then is an error of kubectl's own. Without it the refusal is told as the server's. */
  readonly failure: string | undefined
}

/** Fetches what the arguments name (or, with `--local`, reads it). */
export function targets(context: VerbContext, args: readonly string[]): { infos: readonly Info[]; failures: readonly unknown[] } {
  if (context.flags.has('local') && context.flags.bool('local')) return buildFromFiles(context)
  return build(context, { args, fetch: 'object', latest: true })
}

/**
 * Lets `change` work on a private copy of each object and sends the difference. Nothing is told where nothing changes.
 * `change` may throw CommandError for one object.
 */
export function changeEach(
  context: VerbContext,
  args: readonly string[],
  tell: Teller,
  options: ChangeOptions,
  change: (info: Info, copy: ApiObject) => void,
): void {
  const { infos, failures } = targets(context, args)
  const errors: unknown[] = [...failures]
  const local = (context.flags.has('local') && context.flags.bool('local')) || dryRunOf(context) === 'client'
  for (const info of infos) {
    const copy = structuredClone(info.object!)
    try {
      change(info, copy)
      const next = recorded(context, copy)
      const { patch, type } = patchBetween(info.kind, info.object!, next)
      const unchanged = Object.keys(patch).length === 0
      if (local) tell(info.kind, next, options.message)
      else if (!unchanged)
        tell(
          info.kind,
          context.kube.patch(info.kind, info.namespace, info.name, patch, type, { query: writeQuery(context, false) }),
          options.message,
        )
    } catch (error) {
      if (error instanceof ApiError)
        errors.push(options.failure === undefined ? error : new CommandError(`${options.failure}${messageOf(error)}`))
      else if (error instanceof CommandError) errors.push(error)
      else throw error
    }
  }
  throwAll(errors)
}

/** Shell-like patterns of `-c`: `*` is any text. */
export function containersNamed(spec: PodSpecShape, pattern: string): ContainerShape[] {
  const regex = new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )
  return [...(spec.initContainers ?? []), ...spec.containers].filter((container) => regex.test(container.name))
}

/** `deployments/web `: what `set` puts before what is wrong with an object. */
export const ofObject = (info: Info): string => `${info.kind.resource}/${info.name} `

export const noTemplate = (info: Info): CommandError =>
  new CommandError(`${ofObject(info)}the object is not a pod or does not have a pod template: *${info.kind.version}.${info.kind.kind}`)
