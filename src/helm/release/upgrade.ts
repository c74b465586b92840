/** `helm upgrade` and `helm rollback`: from one revision to the next (helm's action.Upgrade and action.Rollback). */
import type { Steps } from '../../kubectl/contract.ts'
import { type Chart, HelmError } from '../chart/contract.ts'
import { partsOf } from '../chart/manifest.ts'
import { mergeMaps } from '../chart/values.ts'
import type { HelmContext } from '../contract.ts'
import type { Fields } from '../template/values.ts'
import { isPending, type Release } from './contract.ts'
import { type ApplyOptions, hooksOf, told } from './install.ts'
import { coalesceKept } from './kept.ts'
import { adopted, asHelmError, keyOf, marked, removeAll, type Target, targetsOf, updateAll } from './objects.ts'
import { keptChart, plan } from './plan.ts'
import { waitReady } from './ready.ts'

export interface UpgradeOptions extends ApplyOptions {
  readonly name: string
  readonly reuse: 'default' | 'reuse' | 'reset' | 'reset-then-reuse'
  /** Revisions to keep; 0 keeps all. */
  readonly maxHistory: number
  readonly cleanupOnFail: boolean
}

/** The revision whose objects are there now, and the last one. Throws HelmError. */
function current(context: HelmContext, name: string): { deployed: Release; last: Release } {
  let history: Release[]
  try {
    history = context.releases.history(name)
  } catch (error) {
    if (error instanceof HelmError && error.message === 'release: not found')
      throw new HelmError(`${JSON.stringify(name)} has no deployed releases`)
    throw error
  }
  const last = history.at(-1)!
  if (isPending(last.status)) throw new HelmError('another operation (install/upgrade/rollback) is in progress')
  if (last.status === 'deployed') return { deployed: last, last }
  const deployed = history.filter((r) => r.status === 'deployed').at(-1)
  if (deployed !== undefined) return { deployed, last }
  if (last.status === 'failed' || last.status === 'superseded') return { deployed: last, last }
  throw new HelmError(`${JSON.stringify(name)} has no deployed releases`)
}

/** The player's values for this revision, and the chart's defaults under them. */
function reused(chart: Chart, given: Fields, deployed: Release, reuse: UpgradeOptions['reuse']): { chart: Chart; given: Fields } {
  if (reuse === 'reset') return { chart, given }
  if (reuse === 'reuse') return { chart: { ...chart, values: coalesceKept(deployed) }, given: mergeMaps(deployed.config, given) }
  if (reuse === 'reset-then-reuse') return { chart, given: mergeMaps(deployed.config, given) }
  return Object.keys(given).length === 0 && Object.keys(deployed.config).length > 0 ? { chart, given: deployed.config } : { chart, given }
}

export function* upgrade(context: HelmContext, fresh: Chart, fromFlags: Fields, options: UpgradeOptions): Steps<Release> {
  const { deployed, last } = current(context, options.name)
  const { chart, given } = reused(fresh, fromFlags, deployed, options.reuse)
  const version = last.version + 1
  const { namespace } = context
  const made = plan(context, chart, given, {
    name: options.name,
    namespace,
    revision: version,
    isUpgrade: true,
    online: options.dryRun !== 'client',
    skipSchema: options.skipSchema,
    subNotes: options.subNotes,
  })
  const next: Release = {
    name: options.name,
    namespace,
    version,
    status: 'pending-upgrade',
    description: 'Preparing upgrade',
    notes: made.notes,
    firstDeployedMs: deployed.firstDeployedMs,
    lastDeployedMs: context.host.now(),
    chart: keptChart(chart),
    config: given,
    manifest: made.manifest,
    hooks: options.noHooks ? [] : made.hooks,
    labels: { ...deployed.labels, ...options.labels },
  }
  return yield* advance(context, deployed, next, {
    ...options,
    events: ['pre-upgrade', 'post-upgrade'],
    done: options.description || 'Upgrade complete',
    failed: (name, why) => `Upgrade ${JSON.stringify(name)} failed: ${why}`,
  })
}

export interface RollbackOptions {
  readonly timeoutMs: number
  readonly wait: boolean
  readonly waitForJobs: boolean
  readonly noHooks: boolean
  readonly force: boolean
  readonly maxHistory: number
  readonly cleanupOnFail: boolean
  readonly dryRun: 'none' | 'client' | 'server'
}

/** Back to a revision, or to the one before the last; it becomes a new revision. Throws HelmError. */
export function* rollback(context: HelmContext, name: string, revision: number, options: RollbackOptions): Steps<Release> {
  const history = context.releases.history(name)
  const last = history.at(-1)!
  const wanted = revision === 0 ? last.version - 1 : revision
  if (isPending(last.status) && revision === 0 && history.length === 1) throw new HelmError('release has no 0 version')
  const before = history.find((r) => r.version === wanted)
  if (before === undefined) throw new HelmError(`release has no ${wanted} version`)
  const next: Release = {
    ...before,
    version: last.version + 1,
    status: 'pending-rollback',
    description: `Rollback to ${wanted}`,
    firstDeployedMs: last.firstDeployedMs,
    lastDeployedMs: context.host.now(),
  }
  return yield* advance(context, last, next, {
    ...options,
    atomic: false,
    takeOwnership: true,
    events: ['pre-rollback', 'post-rollback'],
    done: `Rollback to ${wanted}`,
    failed: (release, why) => `Rollback ${JSON.stringify(release)} failed: ${why}`,
  })
}

interface AdvanceOptions extends RollbackOptions {
  readonly atomic: boolean
  readonly takeOwnership: boolean
  readonly events: readonly ['pre-upgrade', 'post-upgrade'] | readonly ['pre-rollback', 'post-rollback']
  readonly done: string
  readonly failed: (name: string, why: string) => string
}

/** Brings the cluster from one revision to the next and keeps the record. */
function* advance(context: HelmContext, from: Release, next: Release, options: AdvanceOptions): Steps<Release> {
  const { kube, releases } = context
  const { name, namespace } = next
  let release = next
  const doing = 'unable to build kubernetes objects from'
  const old = marked(targetsOf(kube, partsOf(from.manifest), namespace, `${doing} current release manifest`), name, namespace)
  const wanted = marked(targetsOf(kube, partsOf(next.manifest), namespace, `${doing} new release manifest`), name, namespace)
  const known = new Set(old.map(keyOf))
  if (options.dryRun !== 'client')
    told('Unable to continue with update', () =>
      adopted(
        kube,
        wanted.filter((t) => !known.has(keyOf(t))),
        name,
        namespace,
        options.takeOwnership,
      ),
    )
  if (options.dryRun !== 'none') return { ...release, description: 'Dry run complete' }
  releases.trim(name, options.maxHistory)
  releases.create(release)
  const save = (change: Partial<Release>): void => {
    release = { ...release, ...change }
    releases.update(release)
  }
  const made: Target[] = []
  let settled = false
  try {
    const noted = (hooks: Release['hooks']): void => {
      release = { ...release, hooks }
    }
    yield* hooksOf(context, release, options.events[0], options, noted)
    // What a revision that failed left behind is patched like everything else: what is there counts, not what was meant.
    updateAll(kube, old, wanted, options.force, made)
    if (options.wait) yield* waitReady(context, wanted, options.timeoutMs, options.waitForJobs)
    yield* hooksOf(context, release, options.events[1], options, noted)
    settled = true
  } catch (thrown) {
    settled = true
    const error = asHelmError(thrown)
    save({ status: 'failed', description: options.failed(name, error.message) })
    if (options.cleanupOnFail) removeAll(kube, made, 'background')
    if (!options.atomic) throw error
    yield* restore(context, name, options)
    throw new HelmError(`release ${name} failed, and has been rolled back due to atomic being set: ${error.message}`)
  } finally {
    if (!settled) save({ status: 'failed', description: options.failed(name, 'context canceled') })
  }
  for (const superseded of releases.list(name).filter((r) => r.status === 'deployed' && r.version !== release.version))
    releases.update({ ...superseded, status: 'superseded' })
  save({ status: 'deployed', description: options.done })
  return release
}

/** `--atomic`: back to the last revision that went well. */
function* restore(context: HelmContext, name: string, options: AdvanceOptions): Steps {
  const good = context.releases
    .history(name)
    .filter((r) => r.status === 'superseded' || r.status === 'deployed')
    .at(-1)
  if (good === undefined)
    throw new HelmError(`unable to find a previously successful release when attempting to rollback. original upgrade error`)
  yield* rollback(context, name, good.version, { ...options, wait: true, dryRun: 'none' })
}
