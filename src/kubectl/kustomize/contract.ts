/**
 * What a kustomization.yaml may say (kustomize v5, the fields kubectl 1.36 knows) and the resources it works on.
 */
import type { ApiObject } from '../../api/meta.ts'

/** A resource on its way, with the names it has had. */
export interface Resource {
  object: ApiObject
  readonly names: Set<string>
  /** Generated, and wants a hash at the end. */
  hash: boolean
  /** `create`, `merge`, `replace` of generators. */
  behavior?: string
}

export interface PatchTarget {
  group?: string
  version?: string
  kind?: string
  name?: string
  namespace?: string
  labelSelector?: string
  annotationSelector?: string
}

export interface PatchEntry {
  path?: string
  patch?: string
  target?: PatchTarget
  options?: { allowNameChange?: boolean; allowKindChange?: boolean }
}

export interface GeneratorOptions {
  labels?: Record<string, string>
  annotations?: Record<string, string>
  disableNameSuffixHash?: boolean
  immutable?: boolean
}

export interface GeneratorEntry {
  name: string
  namespace?: string
  behavior?: string
  type?: string
  literals?: string[]
  files?: string[]
  envs?: string[]
  env?: string
  options?: GeneratorOptions
}

export interface ReplacementEntry {
  source?: PatchTarget & { fieldPath?: string; options?: { delimiter?: string; index?: number } }
  targets?: {
    select?: PatchTarget
    reject?: PatchTarget[]
    fieldPaths?: string[]
    options?: { delimiter?: string; index?: number; create?: boolean }
  }[]
  path?: string
}

export interface Kustomization {
  apiVersion?: string
  kind?: string
  resources?: string[]
  bases?: string[]
  components?: string[]
  namespace?: string
  namePrefix?: string
  nameSuffix?: string
  commonLabels?: Record<string, string>
  commonAnnotations?: Record<string, string>
  labels?: { pairs: Record<string, string>; includeSelectors?: boolean; includeTemplates?: boolean; fields?: unknown[] }[]
  configMapGenerator?: GeneratorEntry[]
  secretGenerator?: GeneratorEntry[]
  generatorOptions?: GeneratorOptions
  images?: { name: string; newName?: string; newTag?: string; digest?: string; tagSuffix?: string }[]
  replicas?: { name: string; count: number }[]
  patches?: PatchEntry[]
  patchesStrategicMerge?: string[]
  patchesJson6902?: PatchEntry[]
  replacements?: ReplacementEntry[]
}

/** Fields kustomize knows; those that are known and not worked on here are refused by name. */
export const knownFields: ReadonlySet<string> = new Set([
  'apiVersion',
  'kind',
  'metadata',
  'resources',
  'bases',
  'components',
  'namespace',
  'namePrefix',
  'nameSuffix',
  'commonLabels',
  'commonAnnotations',
  'labels',
  'configMapGenerator',
  'secretGenerator',
  'generatorOptions',
  'images',
  'imageTags',
  'replicas',
  'patches',
  'patchesStrategicMerge',
  'patchesJson6902',
  'replacements',
  'generators',
  'transformers',
  'validators',
  'crds',
  'vars',
  'openapi',
  'configurations',
  'helmCharts',
  'helmChartInflationGenerator',
  'helmGlobals',
  'sortOptions',
  'buildMetadata',
  'inventory',
])
export const unsupportedFields: readonly string[] = [
  'generators',
  'transformers',
  'validators',
  'vars',
  'openapi',
  'configurations',
  'helmCharts',
  'helmChartInflationGenerator',
  'helmGlobals',
]
