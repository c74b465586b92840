/**
 * The kubeconfig: finding, merging and writing it (client-go's clientcmd), with its error texts.
 */
import { cloneJson } from '../../api/walk.ts'
import { remembered } from '../../lib/remembered.ts'
import { normalisePath } from '../../script/files.ts'
import type { KubectlHost } from '../contract.ts'
import { CommandError } from '../errors.ts'
import { toYaml } from '../printers/yaml.ts'
import { parseYaml, YamlError } from '../resources/yaml.ts'

export interface Named<T> {
  name: string
  value: T
}

export type Fields = Record<string, unknown>

/** A kubeconfig, its entries in the order of their names' first mention. Each entry remembers its file. */
export interface Kubeconfig {
  currentContext: string
  clusters: Map<string, Fields>
  users: Map<string, Fields>
  contexts: Map<string, Fields>
  preferences: Fields
  extensions: unknown
  /** Where each entry came from: `contexts/lab` → path. */
  origin: Map<string, string>
}

export const emptyKubeconfig = (): Kubeconfig => ({
  currentContext: '',
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(),
  preferences: {},
  extensions: undefined,
  origin: new Map(),
})

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)

function readEntries(
  list: unknown,
  field: string,
  into: Map<string, Fields>,
  section: string,
  origin: Map<string, string>,
  path: string,
): void {
  if (!Array.isArray(list)) return
  for (const entry of list) {
    if (!isObject(entry) || typeof entry.name !== 'string' || into.has(entry.name)) continue
    const value = entry[field]
    into.set(entry.name, isObject(value) ? { ...value } : {})
    origin.set(`${section}/${entry.name}`, path)
  }
}

/** Every command reads the file anew, and mostly it is one of a few people's. */
const rawOf = remembered(8, parseYaml)
const parsed = (text: string): unknown => cloneJson(rawOf(text))

/** Adds a file's entries to those already there; what was there first stays. */
function mergeFile(config: Kubeconfig, text: string, path: string, shown: string): void {
  let raw: unknown
  try {
    raw = parsed(text)
  } catch (error) {
    if (!(error instanceof YamlError)) throw error
    throw new CommandError(`error loading config file ${JSON.stringify(shown)}: ${error.message}`)
  }
  if (raw === null || raw === undefined) return
  if (!isObject(raw))
    throw new CommandError(
      `error loading config file ${JSON.stringify(shown)}: couldn't get version/kind; json parse error: json: cannot unmarshal string into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
    )
  readEntries(raw.clusters, 'cluster', config.clusters, 'clusters', config.origin, path)
  readEntries(raw.users, 'user', config.users, 'users', config.origin, path)
  readEntries(raw.contexts, 'context', config.contexts, 'contexts', config.origin, path)
  if (config.currentContext === '' && typeof raw['current-context'] === 'string') {
    config.currentContext = raw['current-context']
    config.origin.set('current-context', path)
  }
  if (isObject(raw.preferences)) config.preferences = { ...raw.preferences, ...config.preferences }
}

/** The files kubectl would read, absolute; `explicit` when `--kubeconfig` names one. */
export interface ConfigPaths {
  readonly paths: readonly string[]
  /** As typed. */
  readonly shown: readonly string[]
  readonly explicit: boolean
}

export function configPaths(host: KubectlHost, flag: string): ConfigPaths {
  if (flag !== '') return { paths: [normalisePath(flag, host.cwd)], shown: [flag], explicit: true }
  const list = (host.env.KUBECONFIG ?? '').split(':').filter((path) => path !== '')
  if (list.length > 0) return { paths: list.map((path) => normalisePath(path, host.cwd)), shown: list, explicit: false }
  const home = `${host.env.HOME ?? host.cwd}/.kube/config`
  return { paths: [normalisePath(home, host.cwd)], shown: [home], explicit: false }
}

const exists = (host: KubectlHost, path: string): boolean => host.files.stat(path) !== undefined

/** Loads and merges; a missing file is an error only when it was named by `--kubeconfig` (and `mayBeMissing` is not set). */
export function loadKubeconfig(host: KubectlHost, where: ConfigPaths, mayBeMissing = false): Kubeconfig {
  const config = emptyKubeconfig()
  where.paths.forEach((path, i) => {
    if (!exists(host, path)) {
      if (where.explicit && !mayBeMissing) throw new CommandError(`stat ${where.shown[i]}: no such file or directory`)
      return
    }
    mergeFile(config, host.files.read(path), path, where.shown[i]!)
  })
  return config
}

/** The fields of each sort of entry, in the order of client-go's structs; those with a value here are written even when empty. */
const FIELDS: Readonly<Record<'cluster' | 'user' | 'context' | 'exec', readonly (readonly [name: string, always?: unknown])[]>> = {
  cluster: [
    ['server', ''],
    ['tls-server-name'],
    ['insecure-skip-tls-verify'],
    ['certificate-authority'],
    ['certificate-authority-data'],
    ['proxy-url'],
    ['disable-compression'],
    ['extensions'],
  ],
  user: [
    ['client-certificate'],
    ['client-certificate-data'],
    ['client-key'],
    ['client-key-data'],
    ['token'],
    ['tokenFile'],
    ['as'],
    ['as-uid'],
    ['as-groups'],
    ['as-user-extra'],
    ['username'],
    ['password'],
    ['auth-provider'],
    ['exec'],
    ['extensions'],
  ],
  context: [['cluster', ''], ['user', ''], ['namespace'], ['extensions']],
  exec: [
    ['command', ''],
    ['args', null],
    ['env', null],
    ['apiVersion'],
    ['installHint'],
    ['provideClusterInfo', false],
    ['interactiveMode'],
  ],
}

/** What an entry says, known fields first and in their order; what is empty and may be left out is. */
function entryFields(sort: keyof typeof FIELDS, value: Fields): Fields {
  const out: Fields = {}
  for (const [name, always] of FIELDS[sort]) {
    const found = value[name]
    const isEmpty = found === undefined || found === null || found === '' || found === false
    if (!isEmpty) out[name] = name === 'exec' && isObject(found) ? entryFields('exec', found) : found
    else if (always !== undefined) out[name] = always
  }
  for (const name of Object.keys(value)) if (!FIELDS[sort].some(([known]) => known === name)) out[name] = value[name]
  return out
}

const listOf = (map: ReadonlyMap<string, Fields>, field: 'cluster' | 'user' | 'context'): Fields[] | null =>
  map.size === 0 ? null : [...map.keys()].sort().map((name) => ({ name, [field]: entryFields(field, map.get(name)!) }))

/** As `config view` prints it and as it is written, its fields in the order of client-go's structs. */
export const kubeconfigObject = (config: Kubeconfig): Fields => ({
  kind: 'Config',
  apiVersion: 'v1',
  ...(Object.keys(config.preferences).length > 0 && { preferences: config.preferences }),
  clusters: listOf(config.clusters, 'cluster'),
  users: listOf(config.users, 'user'),
  contexts: listOf(config.contexts, 'context'),
  'current-context': config.currentContext,
})

/** Writes back every file from which something comes, and the default file for what is new. */
export function saveKubeconfig(host: KubectlHost, where: ConfigPaths, config: Kubeconfig, touched: readonly string[]): void {
  const fallback = where.paths.find((path) => exists(host, path)) ?? where.paths[where.paths.length - 1]!
  const files = new Set<string>([...touched])
  for (const section of ['clusters', 'users', 'contexts'] as const) {
    for (const name of config[section].keys()) {
      const key = `${section}/${name}`
      if (!config.origin.has(key)) config.origin.set(key, fallback)
      files.add(config.origin.get(key)!)
    }
  }
  if (config.currentContext !== '' && !config.origin.has('current-context')) config.origin.set('current-context', fallback)
  files.add(config.origin.get('current-context') ?? fallback)
  for (const path of files) host.files.write(path, toYaml(kubeconfigObject(partOf(config, path))))
}

function partOf(config: Kubeconfig, path: string): Kubeconfig {
  const part = emptyKubeconfig()
  for (const section of ['clusters', 'users', 'contexts'] as const) {
    for (const [name, value] of config[section]) if (config.origin.get(`${section}/${name}`) === path) part[section].set(name, value)
  }
  if (config.origin.get('current-context') === path) part.currentContext = config.currentContext
  part.preferences = config.preferences
  return part
}
