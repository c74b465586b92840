/**
 * `kubectl kustomize`, `-k`: reads a kustomization with its bases and components and makes the objects (kustomize v5's KustTarget).
 */
import { type ApiObject, groupOf, versionOf } from '../../api/meta.ts'
import { deepEqual } from '../../api/walk.ts'
import { normalisePath } from '../../script/files.ts'
import type { KubectlHost } from '../contract.ts'
import { CommandError } from '../errors.ts'
import { parseYaml, splitDocuments, YamlError } from '../resources/yaml.ts'
import { collectData, configMapData, secretData } from '../verbs/create/sources.ts'
import {
  type GeneratorEntry,
  type GeneratorOptions,
  type Kustomization,
  knownFields,
  type Resource,
  unsupportedFields,
} from './contract.ts'
import { hashOf } from './hash.ts'
import { applyPatch, idText } from './patches.ts'
import { fixReferences } from './references.ts'
import { replace } from './replacements.ts'
import { rename, transform } from './transform.ts'

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization']

function kustomizationText(host: KubectlHost, directory: string): string | undefined {
  const found = fileNames.filter((name) => host.files.stat(`${directory}/${name}`)?.kind === 'file')
  if (found.length > 1) throw new CommandError(`Found multiple kustomization files under: ${directory}\n`)
  return found.length === 0 ? undefined : host.files.read(`${directory}/${found[0]}`)
}

const noKustomization = (directory: string): CommandError =>
  new CommandError(`unable to find one of 'kustomization.yaml', 'kustomization.yml' or 'Kustomization' in directory '${directory}'`)

function parseKustomization(text: string): Kustomization {
  let value: unknown
  try {
    value = parseYaml(text)
  } catch (error) {
    if (error instanceof YamlError) throw new CommandError(`invalid Kustomization: error converting YAML to JSON: ${error.message}`)
    throw error
  }
  if (value === null || value === undefined) throw new CommandError('kustomization.yaml is empty')
  if (typeof value !== 'object' || Array.isArray(value))
    throw new CommandError('invalid Kustomization: json: cannot unmarshal into Go value of type types.Kustomization')
  for (const [key, given] of Object.entries(value)) {
    if (!knownFields.has(key)) throw new CommandError(`invalid Kustomization: json: unknown field ${JSON.stringify(key)}`)
    const odd = pathFields.includes(key) && Array.isArray(given) ? given.find((path) => typeof path !== 'string') : undefined
    if (odd !== undefined)
      throw new CommandError(
        `invalid Kustomization: json: cannot unmarshal ${typeof odd === 'boolean' ? 'bool' : typeof odd} into Go struct field Kustomization.${key} of type string`,
      )
    if (unsupportedFields.includes(key)) throw new CommandError(`kustomization field ${JSON.stringify(key)} is not available in this lab`)
  }
  return value as Kustomization
}

/** Lists of paths; in YAML 1.1 a bare `y` or `no` is a bool. */
const pathFields = ['resources', 'bases', 'components', 'crds', 'configurations']

class Build {
  constructor(
    private readonly host: KubectlHost,
    /** Files must lie in or below the folder of the kustomization that names them. */
    private readonly rootOnly: boolean,
  ) {}

  #checkPlace(directory: string, path: string): void {
    const full = normalisePath(path, directory)
    if (this.rootOnly && this.host.files.stat(full)?.kind === 'file' && !full.startsWith(directory === '/' ? '/' : `${directory}/`))
      throw new CommandError(`security; file '${full}' is not in or below '${directory}'`)
  }

  /** The resources of a directory's kustomization. `below` are those a component works on. */
  directory(directory: string, chain: readonly string[], below?: Resource[]): Resource[] {
    if (chain.includes(directory))
      throw new CommandError(`cycle detected: candidate root '${directory}' contains visited root '${directory}'`)
    const text = kustomizationText(this.host, directory)
    if (text === undefined) throw noKustomization(directory)
    const k = parseKustomization(text)
    const component = k.kind === 'Component'
    if (below !== undefined && !component)
      throw new CommandError(
        `accumulating components: accumulateDirectory: "expected kind 'Component' for path '${directory}' but got 'Kustomization'"`,
      )
    const resources = below ?? []
    for (const path of [...(k.resources ?? []), ...(k.bases ?? [])])
      this.#add(resources, this.#resource(directory, path, [...chain, directory]))
    for (const path of k.components ?? []) this.directory(normalisePath(path, directory), [...chain, directory], resources)
    this.#generate(resources, directory, k)
    transform(resources, k, () => this.#patch(resources, directory, k))
    for (const entry of k.replacements ?? [])
      replace(resources, entry.path === undefined ? entry : (parseYaml(this.#read(directory, entry.path)) as typeof entry))
    fixReferences(resources)
    return resources
  }

  #add(resources: Resource[], more: readonly Resource[]): void {
    for (const resource of more) {
      const id = idText(resource.object)
      if (resources.some((r) => idText(r.object) === id))
        throw new CommandError(
          `accumulating resources: accumulation err='merging resources from '${id}': may not add resource with an already registered id: ${id}'`,
        )
      resources.push(resource)
    }
  }

  #read(directory: string, path: string): string {
    const full = normalisePath(path, directory)
    if (this.host.files.stat(full)?.kind !== 'file')
      throw new CommandError(`evalsymlink failure on '${full}' : lstat ${full}: no such file or directory`)
    this.#checkPlace(directory, path)
    return this.host.files.read(full)
  }

  #resource(directory: string, path: string, chain: readonly string[]): Resource[] {
    if (/^(https?:\/\/|git@|github\.com)/.test(path))
      throw new CommandError(
        `accumulating resources: remote resource ${JSON.stringify(path)} is not available: there is no internet in this lab`,
      )
    const full = normalisePath(path, directory)
    const kind = this.host.files.stat(full)?.kind
    if (kind === undefined) {
      const why = `evalsymlink failure on '${full}' : lstat ${full}: no such file or directory`
      throw new CommandError(
        `accumulating resources: accumulation err='accumulating resources from '${path}': ${why}': must build at directory: not a valid directory: ${why}`,
      )
    }
    if (kind === 'directory') {
      try {
        return this.directory(full, chain)
      } catch (error) {
        if (!(error instanceof CommandError) || !error.message.startsWith('unable to find one of')) throw error
        throw new CommandError(
          `accumulating resources: accumulation err='accumulating resources from '${path}': read ${full}: is a directory': recursed accumulation of path '${full}': ${error.message}`,
        )
      }
    }
    try {
      this.#checkPlace(directory, path)
    } catch (error) {
      throw new CommandError(
        `accumulating resources: accumulation err='accumulating resources from '${path}': ${(error as Error).message}': must build at directory: '${full}': file is not directory`,
      )
    }
    return this.#objects(path, this.host.files.read(full)).map((object) => ({
      object,
      names: new Set([object.metadata.name]),
      hash: false,
    }))
  }

  #objects(path: string, text: string): ApiObject[] {
    const out: ApiObject[] = []
    for (const chunk of splitDocuments(text)) {
      let value: unknown
      try {
        value = parseYaml(chunk)
      } catch (error) {
        if (error instanceof YamlError)
          throw new CommandError(
            `accumulating resources: accumulation err='accumulating resources from '${path}': MalformedYAMLError: ${error.message} in File: ${path}'`,
          )
        throw error
      }
      if (value === null || value === undefined) continue
      const object = value as ApiObject
      if (typeof object.kind !== 'string' || object.metadata?.name === undefined) {
        throw new CommandError(
          `accumulating resources: accumulation err='accumulating resources from '${path}': missing metadata.name in object {{${object.apiVersion ?? ''} ${object.kind ?? ''}} {{ } map[] map[]}}'`,
        )
      }
      if (object.kind.endsWith('List') && Array.isArray(object.items)) out.push(...(object.items as ApiObject[]))
      else out.push(object)
    }
    return out
  }

  #patch(resources: Resource[], directory: string, k: Kustomization): void {
    for (const entry of k.patchesStrategicMerge ?? []) applyPatch(resources, /\n/.test(entry) ? entry : this.#read(directory, entry), {})
    for (const entry of [...(k.patches ?? []), ...(k.patchesJson6902 ?? [])]) {
      const text = entry.path === undefined ? (entry.patch ?? '') : this.#patchFile(directory, entry.path)
      applyPatch(resources, text, entry)
    }
  }

  #patchFile(directory: string, path: string): string {
    try {
      this.#checkPlace(directory, path)
    } catch (error) {
      throw new CommandError(
        `trouble configuring builtin PatchTransformer with config: \`\npath: ${path}\n\`: failed to get the patch file from path(${path}): ${(error as Error).message}`,
      )
    }
    return this.#read(directory, path)
  }

  #generate(resources: Resource[], directory: string, k: Kustomization): void {
    for (const entry of k.configMapGenerator ?? []) this.#generated(resources, directory, 'ConfigMap', entry, k.generatorOptions ?? {})
    for (const entry of k.secretGenerator ?? []) this.#generated(resources, directory, 'Secret', entry, k.generatorOptions ?? {})
  }

  #generated(
    resources: Resource[],
    directory: string,
    kind: 'ConfigMap' | 'Secret',
    entry: GeneratorEntry,
    general: GeneratorOptions,
  ): void {
    const host = { cwd: directory, files: this.host.files, env: this.host.env }
    const envs = [...(entry.envs ?? []), ...(entry.env === undefined ? [] : [entry.env])]
    const files = (entry.files ?? []).map((text) => text.slice(text.indexOf('=') + 1))
    for (const [what, list] of [
      ['file sources', files],
      ['env source files', envs],
    ] as const) {
      for (const path of list) {
        try {
          this.#checkPlace(directory, path)
        } catch (error) {
          throw new CommandError(`loading KV pairs: ${what}: [${list.join(' ')}]: ${(error as Error).message}`)
        }
      }
    }
    const data = collectData(
      host,
      { literals: (entry.literals ?? []).map(unquoted), files: entry.files ?? [], envFiles: [] },
      kind,
      entry.name,
    )
    for (const [key, value] of collectData(host, { literals: [], files: [], envFiles: envs }, kind, entry.name)) data.set(key, value)
    const options: GeneratorOptions = {
      ...general,
      ...entry.options,
      labels: { ...general.labels, ...entry.options?.labels },
      annotations: { ...general.annotations, ...entry.options?.annotations },
    }
    const object: ApiObject = {
      apiVersion: 'v1',
      kind,
      metadata: {
        name: entry.name,
        ...(entry.namespace === undefined ? {} : { namespace: entry.namespace }),
        ...(Object.keys(options.labels!).length > 0 ? { labels: options.labels! } : {}),
        ...(Object.keys(options.annotations!).length > 0 ? { annotations: options.annotations! } : {}),
      },
      ...(kind === 'Secret' ? { type: entry.type ?? 'Opaque', ...secretData(data) } : configMapData(data)),
      ...(options.immutable === true ? { immutable: true } : {}),
    }
    this.#place(resources, object, entry, options.disableNameSuffixHash !== true)
  }

  #place(resources: Resource[], object: ApiObject, entry: GeneratorEntry, hash: boolean): void {
    const known = resources.find((r) => r.object.kind === object.kind && (r.names.has(entry.name) || r.object.metadata.name === entry.name))
    if (entry.behavior === 'merge' || entry.behavior === 'replace') {
      if (known === undefined)
        throw new CommandError(
          `merging from generator ${JSON.stringify(entry.name)}: id resid.ResId{Kind:${JSON.stringify(object.kind)}, Name:${JSON.stringify(entry.name)}} does not exist; cannot merge or replace`,
        )
      const before = known.object
      const merged = entry.behavior === 'merge' ? { ...object, data: { ...before.data, ...object.data } } : object
      known.object = { ...merged, metadata: { ...before.metadata, ...object.metadata, name: before.metadata.name } }
      known.hash = known.hash || hash
      return
    }
    if (known !== undefined && deepEqual(known.object.metadata.namespace, object.metadata.namespace))
      throw new CommandError(`may not add resource with an already registered id: ${idText(object)}`)
    resources.push({ object, names: new Set([entry.name]), hash })
  }
}

/** Literals may carry quotes round their value. */
const unquoted = (literal: string): string => literal.replace(/^([^=]*)=(["'])(.*)\2$/s, '$1=$3')

const first = [
  'Namespace',
  'ResourceQuota',
  'StorageClass',
  'CustomResourceDefinition',
  'ServiceAccount',
  'PodSecurityPolicy',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
  'ConfigMap',
  'Secret',
  'Endpoints',
  'Service',
  'LimitRange',
  'PriorityClass',
  'PersistentVolume',
  'PersistentVolumeClaim',
  'Deployment',
  'StatefulSet',
  'CronJob',
  'PodDisruptionBudget',
]
const last = ['MutatingWebhookConfiguration', 'ValidatingWebhookConfiguration']

const rankOf = (kind: string): number => {
  const at = first.indexOf(kind)
  if (at >= 0) return at - first.length
  return last.indexOf(kind) + 1
}

const sortKey = (object: ApiObject): string =>
  [groupOf(object.apiVersion), versionOf(object.apiVersion), object.kind, object.metadata.namespace ?? '', object.metadata.name].join('_')

function legacyOrder(a: Resource, b: Resource): number {
  const byKind = rankOf(a.object.kind) - rankOf(b.object.kind)
  if (byKind !== 0) return byKind
  const x = sortKey(a.object)
  const y = sortKey(b.object)
  return x < y ? -1 : x > y ? 1 : 0
}

/** The objects a kustomization makes, in kustomize's legacy order. Throws CommandError in kustomize's words. */
export function buildKustomization(host: KubectlHost, path: string, rootOnly = true): ApiObject[] {
  if (/^https?:\/\//.test(path)) throw new CommandError(`unable to read ${JSON.stringify(path)}: there is no internet in this lab`)
  const directory = normalisePath(path, host.cwd)
  const kind = host.files.stat(directory)?.kind
  if (kind === undefined)
    throw new CommandError(
      `must build at directory: not a valid directory: evalsymlink failure on '${path}' : lstat ${directory}: no such file or directory`,
    )
  if (kind !== 'directory') throw new CommandError(`must build at directory: '${path}': file is not directory`)
  const resources = new Build(host, rootOnly).directory(directory, [])
  for (const resource of resources) if (resource.hash) rename(resource, `${resource.object.metadata.name}-${hashOf(resource.object, '')}`)
  fixReferences(resources)
  return [...resources].sort(legacyOrder).map((resource) => resource.object)
}
