/** From a chart and values to what a release will hold: rendered manifest, hooks, notes. */
import type { ApiObject } from '../../api/meta.ts'
import { type Chart, type ChartFile, HelmError } from '../chart/contract.ts'
import { type Hook, type ManifestPart, manifestText, sortManifests } from '../chart/manifest.ts'
import { type Rendered, type RenderWorld, renderChart } from '../chart/render.ts'
import { validateSchemas } from '../chart/schema.ts'
import { coalesceValues, processDependencies } from '../chart/values.ts'
import { HELM_VERSION, type HelmContext } from '../contract.ts'
import type { Fields } from '../template/values.ts'
import type { KeptChart } from './contract.ts'

/** What is asked for without a cluster: helm's own defaults. */
const OFFLINE_KUBE = 'v1.33.0'

export interface PlanOptions {
  readonly name: string
  readonly namespace: string
  readonly revision: number
  readonly isUpgrade: boolean
  /** Ask the cluster for its version, its APIs and lookups. */
  readonly online: boolean
  readonly kubeVersion?: string
  readonly apiVersions?: readonly string[]
  readonly skipSchema?: boolean
  readonly subNotes?: boolean
  readonly strict?: boolean
  readonly lint?: boolean
}

export interface Plan {
  readonly chart: Chart
  readonly values: Fields
  readonly parts: readonly ManifestPart[]
  readonly manifest: string
  readonly hooks: readonly Hook[]
  readonly notes: string
  readonly rendered: readonly Rendered[]
  readonly crds: readonly ChartFile[]
}

/** The server's version as `.Capabilities.KubeVersion` has it. */
export function kubeVersionOf(context: HelmContext): string {
  const { body } = context.kube.host.path('/version', context.kube.target.access)
  const info = (typeof body === 'string' ? JSON.parse(body) : body) as { gitVersion?: string }
  return info.gitVersion ?? OFFLINE_KUBE
}

function apiVersionsOf(context: HelmContext): string[] {
  const all = new Set<string>()
  for (const kind of context.kube.kinds.all) {
    const group = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`
    all.add(group).add(`${group}/${kind.kind}`)
  }
  return [...all].sort()
}

function lookup(context: HelmContext): RenderWorld['lookup'] {
  return (apiVersion, kind, namespace, name) => {
    const definition = context.kube.kinds.byKind(apiVersion, kind)
    if (definition === undefined)
      throw new Error(
        `unable to get apiresource from unstructured: ${apiVersion}, Kind=${kind}: the server could not find the requested resource`,
      )
    if (name === '') {
      const list = context.kube.list(definition, namespace === '' ? undefined : namespace)
      return { apiVersion, kind: `${kind}List`, metadata: { resourceVersion: list.metadata.resourceVersion }, items: list.items }
    }
    return context.kube.find(definition, namespace === '' ? undefined : namespace, name) as ApiObject | undefined
  }
}

export function renderWorld(context: HelmContext, options: PlanOptions): RenderWorld {
  return {
    release: {
      name: options.name,
      namespace: options.namespace,
      revision: options.revision,
      isInstall: !options.isUpgrade,
      isUpgrade: options.isUpgrade,
    },
    kubeVersion: options.kubeVersion ?? (options.online ? kubeVersionOf(context) : OFFLINE_KUBE),
    apiVersions: [
      ...(options.online
        ? apiVersionsOf(context)
        : ['v1', 'apps/v1', 'batch/v1', 'networking.k8s.io/v1', 'autoscaling/v2', 'policy/v1', 'rbac.authorization.k8s.io/v1']),
      ...(options.apiVersions ?? []),
    ],
    helmVersion: HELM_VERSION,
    now: () => context.host.now(),
    random: () => context.random(),
    ...(options.online && { lookup: lookup(context) }),
    ...(options.strict && { strict: true }),
    ...(options.lint && { lint: true }),
  }
}

/** A failure while taking the templates' output apart; what they gave is kept, for `--debug`. */
export class ManifestFailure extends HelmError {
  constructor(
    message: string,
    readonly rendered: readonly Rendered[],
  ) {
    super(message)
  }
}

const allCrds = (chart: Chart): ChartFile[] => [...chart.crds, ...chart.charts.flatMap(allCrds)]

/** Renders. Throws HelmError. */
export function plan(context: HelmContext, chart: Chart, given: Fields, options: PlanOptions): Plan {
  const chosen = processDependencies(chart, given)
  const values = coalesceValues(chosen, given)
  if (!options.skipSchema) validateSchemas(chosen, values)
  const rendered = renderChart(chosen, values, renderWorld(context, options))
  const own = `${chosen.name}/templates/NOTES.txt`
  const notes = rendered
    .filter((r) => r.name === own || (options.subNotes && r.name.endsWith('/NOTES.txt')))
    .map((r) => r.text)
    .join('\n')
  try {
    const { parts, hooks } = sortManifests(rendered)
    return { chart: chosen, values, parts, hooks, manifest: manifestText(parts), notes, rendered, crds: allCrds(chosen) }
  } catch (error) {
    if (error instanceof HelmError) throw new ManifestFailure(error.message, rendered)
    throw error
  }
}

/** What a release keeps of its chart. */
export const keptChart = (chart: Chart): KeptChart => ({
  metadata: chart.metadata,
  values: chart.values,
  templates: chart.templates,
  files: chart.files,
  ...(chart.schema !== undefined && { schema: chart.schema }),
})
