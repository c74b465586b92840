/** `helm install`: names, ownership, hooks, objects, waiting, and the record of it all (helm's action.Install). */
import { ApiError } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { Steps } from '../../kubectl/contract.ts'
import { type Chart, HelmError } from '../chart/contract.ts'
import { parseManifest, splitManifests } from '../chart/manifest.ts'
import type { HelmContext } from '../contract.ts'
import type { Fields } from '../template/values.ts'
import type { Release } from './contract.ts'
import { runHooks } from './hooks.ts'
import { adopted, asHelmError, createAll, keyOf, marked, messageOf, type Target, targetsOf, updateAll } from './objects.ts'
import { keptChart, type Plan, plan } from './plan.ts'
import { waitReady } from './ready.ts'
import { uninstall } from './uninstall.ts'

export interface ApplyOptions {
  readonly timeoutMs: number
  readonly wait: boolean
  readonly waitForJobs: boolean
  readonly atomic: boolean
  readonly noHooks: boolean
  readonly takeOwnership: boolean
  readonly force: boolean
  readonly description: string
  readonly labels: Readonly<Record<string, string>>
  readonly dryRun: 'none' | 'client' | 'server'
  readonly skipCrds: boolean
  readonly skipSchema: boolean
  readonly subNotes: boolean
}

export interface InstallOptions extends ApplyOptions {
  readonly name: string
  readonly replace: boolean
  readonly createNamespace: boolean
}

const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Throws HelmError. */
export function checkName(name: string): void {
  if (name === '') throw new HelmError('release name is invalid: no name provided')
  if (name.length > 53 || !NAME.test(name))
    throw new HelmError(`invalid release name, must match regex ${NAME.source} and the length must not be longer than 53`)
}

/** The next revision of a name that may be installed: 1, or what follows a failed or uninstalled one. Throws HelmError. */
function firstRevision(context: HelmContext, options: InstallOptions): number {
  let history: Release[]
  try {
    history = context.releases.history(options.name)
  } catch (error) {
    if (error instanceof HelmError) return 1
    throw error
  }
  const last = history.at(-1)!
  if (options.replace && (last.status === 'uninstalled' || last.status === 'failed')) {
    context.releases.update({ ...last, status: 'superseded' })
    return last.version + 1
  }
  throw new HelmError('cannot re-use a name that is still in use')
}

/** CRDs come before everything, and are never touched again. */
function* installCrds(context: HelmContext, made: Plan): Steps {
  const parts = made.crds.flatMap((file) =>
    splitManifests(file.text).flatMap((text) => {
      const object = parseManifest(file.name, text)
      return object === undefined ? [] : [{ name: file.name, kind: String(object.kind ?? ''), text, object }]
    }),
  )
  const targets = targetsOf(context.kube, parts, context.namespace, 'failed to install CRD')
  for (const target of targets) {
    if (context.kube.find(target.kind, target.namespace, target.name) !== undefined) continue
    try {
      context.kube.create(target.kind, target.namespace, target.object, { query: { fieldManager: 'helm' } })
    } catch (error) {
      if (error instanceof ApiError) throw new HelmError(`failed to install CRD ${target.part.name}: ${messageOf(error)}`)
      throw error
    }
  }
  yield* waitReady(context, targets, 60_000, false)
  // What they define is served from now on, and discovery is asked anew by a fresh client.
}

function createNamespace(context: HelmContext): void {
  const kind = context.kube.kinds.byKind('v1', 'Namespace')!
  const body = {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: context.namespace, labels: { name: context.namespace } },
  } as ApiObject
  try {
    context.kube.create(kind, undefined, body, { query: { fieldManager: 'helm' } })
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    if (error.status.reason !== 'AlreadyExists') throw new HelmError(messageOf(error))
  }
}

export function* install(context: HelmContext, chart: Chart, given: Fields, options: InstallOptions): Steps<Release> {
  checkName(options.name)
  const online = options.dryRun !== 'client'
  const version = options.dryRun === 'client' ? 1 : firstRevision(context, options)
  const { namespace } = context
  const made = plan(context, chart, given, {
    name: options.name,
    namespace,
    revision: version,
    isUpgrade: false,
    online,
    skipSchema: options.skipSchema,
    subNotes: options.subNotes,
  })
  if (options.dryRun === 'none' && !options.skipCrds && made.crds.length > 0) yield* installCrds(context, made)
  const nowMs = context.host.now()
  let release: Release = {
    name: options.name,
    namespace,
    version,
    status: 'pending-install',
    description: 'Initial install underway',
    notes: made.notes,
    firstDeployedMs: nowMs,
    lastDeployedMs: nowMs,
    chart: keptChart(chart),
    config: given,
    manifest: made.manifest,
    hooks: options.noHooks ? [] : made.hooks,
    labels: options.labels,
  }
  let targets: Target[] = []
  let taken: Target[] = []
  if (online) {
    const all = targetsOf(context.kube, made.parts, namespace, 'unable to build kubernetes objects from release manifest')
    targets = marked(all, options.name, namespace)
    taken = told('Unable to continue with install', () => adopted(context.kube, targets, options.name, namespace, options.takeOwnership))
  }
  if (options.dryRun !== 'none') return { ...release, description: 'Dry run complete' }
  if (options.createNamespace) createNamespace(context)
  context.releases.create(release)
  let settled = false
  const save = (change: Partial<Release>): void => {
    release = { ...release, ...change }
    context.releases.update(release)
  }
  try {
    yield* apply()
    settled = true
  } catch (thrown) {
    settled = true
    const error = asHelmError(thrown)
    save({ status: 'failed', description: `Release ${JSON.stringify(options.name)} failed: ${error.message}` })
    if (!options.atomic) throw error
    context.debug('Install failed and atomic is set, uninstalling release')
    yield* uninstall(context, options.name, {
      keepHistory: false,
      noHooks: options.noHooks,
      wait: false,
      timeoutMs: options.timeoutMs,
      cascade: 'background',
      description: '',
    })
    throw new HelmError(`release ${options.name} failed, and has been uninstalled due to atomic being set: ${error.message}`)
  } finally {
    // Ctrl-C: helm leaves word of it in the record.
    if (!settled) save({ status: 'failed', description: `Release ${JSON.stringify(options.name)} failed: context canceled` })
  }
  save({ status: 'deployed', description: options.description || 'Install complete' })
  return release

  function* apply(): Steps {
    const hooks = (event: 'pre-install' | 'post-install') =>
      hooksOf(context, release, event, options, (ran) => {
        release = { ...release, hooks: ran }
      })
    yield* hooks('pre-install')
    const mine = new Set(taken.map(keyOf))
    if (taken.length === 0) createAll(context.kube, targets)
    else {
      updateAll(
        context.kube,
        taken,
        targets.filter((t) => mine.has(keyOf(t))),
        options.force,
      )
      createAll(
        context.kube,
        targets.filter((t) => !mine.has(keyOf(t))),
      )
    }
    if (options.wait) yield* waitReady(context, targets, options.timeoutMs, options.waitForJobs)
    yield* hooks('post-install')
  }
}

/** Throws what goes wrong with what was being done before it. */
export function told<T>(doing: string, act: () => T): T {
  try {
    return act()
  } catch (error) {
    if (error instanceof HelmError) throw new HelmError(`${doing}: ${error.message}`)
    throw error
  }
}

/** Hooks of an event, their failure told as `failed EVENT: …` (upgrade: `EVENT hooks failed: …`). */
export function* hooksOf(
  context: HelmContext,
  release: Release,
  event: 'pre-install' | 'post-install' | 'pre-upgrade' | 'post-upgrade' | 'pre-rollback' | 'post-rollback',
  options: { readonly noHooks: boolean; readonly timeoutMs: number },
  ran: (hooks: Release['hooks']) => void,
): Steps {
  if (options.noHooks) return
  try {
    ran(yield* runHooks(context, release, event, options, ran))
  } catch (error) {
    if (!(error instanceof HelmError)) throw error
    throw new HelmError(
      event.endsWith('-install')
        ? `failed ${event}: ${error.message}`
        : event.endsWith('-upgrade')
          ? `${event} hooks failed: ${error.message}`
          : error.message,
    )
  }
}
