/** `helm uninstall`: hooks, objects in reverse order, the record (helm's action.Uninstall). Claims of StatefulSets are not the release's. */
import type { Steps } from '../../kubectl/contract.ts'
import { HelmError } from '../chart/contract.ts'
import { metadataOf, partsOf } from '../chart/manifest.ts'
import type { HelmContext } from '../contract.ts'
import type { Release } from './contract.ts'
import { runHooks } from './hooks.ts'
import { type Cascade, isKept, removeAll, targetsOf } from './objects.ts'
import { waitGone } from './ready.ts'

export interface UninstallOptions {
  readonly keepHistory: boolean
  readonly noHooks: boolean
  readonly wait: boolean
  readonly timeoutMs: number
  readonly cascade: Cascade
  readonly description: string
}

export interface Uninstalled {
  readonly release: Release
  /** What is told of objects that stay. */
  readonly info: string
}

export function* uninstall(context: HelmContext, name: string, options: UninstallOptions): Steps<Uninstalled> {
  let history: Release[]
  try {
    history = context.releases.history(name)
  } catch (error) {
    if (error instanceof HelmError) throw new HelmError(`uninstall: Release not loaded: ${name}: ${error.message}`)
    throw error
  }
  let release = history.at(-1)!
  if (release.status === 'uninstalled') {
    if (options.keepHistory) throw new HelmError(`the release named ${JSON.stringify(name)} is already deleted`)
    for (const old of history) context.releases.remove(old)
    return { release, info: '' }
  }
  release = { ...release, status: 'uninstalling', deletedMs: context.host.now(), description: 'Deletion in progress (or silently failed)' }
  if (!options.noHooks) release = { ...release, hooks: yield* runHooks(context, release, 'pre-delete', options) }
  context.releases.update(release)
  const parts = partsOf(release.manifest)
  const kept = parts.filter(isKept)
  const targets = targetsOf(
    context.kube,
    parts.filter((p) => !isKept(p)),
    release.namespace,
    'unable to build kubernetes objects for delete',
  )
  const failures = removeAll(context.kube, targets, options.cascade)
  if (failures.length === 0 && options.wait) yield* waitGone(context, targets, options.timeoutMs)
  if (failures.length === 0 && !options.noHooks) release = { ...release, hooks: yield* runHooks(context, release, 'post-delete', options) }
  if (failures.length > 0) throw new HelmError(`failed to delete release: ${name}`)
  release = { ...release, status: 'uninstalled', description: options.description || 'Uninstallation complete' }
  if (options.keepHistory) context.releases.update(release)
  else for (const old of history) context.releases.remove(old)
  const info =
    kept.length === 0
      ? ''
      : `These resources were kept due to the resource policy:\n${kept.map((p) => `[${p.kind}] ${String(metadataOf(p.object).name)}\n`).join('')}`
  return { release, info }
}
