/** Renders a chart: every template of it and of its subcharts on their values (helm's engine). */

import { toYaml } from '../../kubectl/printers/yaml.ts'
import { base64FromBytes, bytesFromText } from '../../script/bytes.ts'
import type { FunctionWorld } from '../functions/contract.ts'
import { data } from '../functions/encoding.ts'
import { chartFunctions } from '../functions/index.ts'
import { type Execution, executeTree, type TemplateFunction } from '../template/execute.ts'
import { TemplateFailure, type Tree } from '../template/nodes.ts'
import { parseTemplate } from '../template/parse.ts'
import { Budget, BudgetSpent, type Fields, GoObject, has, isMap, sortedKeys } from '../template/values.ts'
import { type Chart, type ChartFile, HelmError } from './contract.ts'
import { globMatcher } from './load.ts'

const MAX_NESTED = 1000

/** What a rendering is told of the world around it. */
export interface RenderWorld {
  readonly release: {
    readonly name: string
    readonly namespace: string
    readonly revision: number
    readonly isInstall: boolean
    readonly isUpgrade: boolean
  }
  readonly kubeVersion: string
  readonly apiVersions: readonly string[]
  readonly helmVersion: string
  now(): number
  random(): number
  /** The cluster's objects, for `lookup`; absent where nothing is asked of a cluster. */
  readonly lookup?: (apiVersion: string, kind: string, namespace: string, name: string) => unknown
  /** A key that is missing is an error (`helm lint --strict`). */
  readonly strict?: boolean
  /** `required` and `fail` only warn (`helm lint`). */
  readonly lint?: boolean
}

/** A template's name (`web/templates/deployment.yaml`) and what it gave. */
export interface Rendered {
  readonly name: string
  readonly text: string
}

const FAILED = ['\u0001', '\u0002'] as const

/** The text of `required` and `fail`, marked so that it is told without the path that led to it. */
const marked = (message: string): Error => new Error(`${FAILED[0]}${message}${FAILED[1]}`)

/** Helm's wording of a template's failure. */
export function renderFailure(error: TemplateFailure): HelmError {
  const { message } = error
  const place = /^template: ([^ ]*?): /.exec(message)?.[1] ?? ''
  if (error.phase === 'parse') return new HelmError(`parse error at (${place}): ${message.slice(`template: ${place}: `.length)}`)
  const from = message.indexOf(FAILED[0])
  if (from >= 0) return new HelmError(`execution error at (${place}): ${message.slice(from + 1, message.indexOf(FAILED[1], from))}`)
  return new HelmError(message)
}

function filesObject(files: readonly ChartFile[]): GoObject {
  const contents: Fields = Object.fromEntries(files.map((f) => [f.name, f.text]))
  const text = (name: unknown): string => (has(contents, String(name)) ? String(contents[String(name)]) : '')
  const named = (make: (text: string) => string): Fields =>
    Object.fromEntries(sortedKeys(contents).map((name) => [name.split('/').pop()!, make(text(name))]))
  const yaml = (map: Fields): string => (Object.keys(map).length === 0 ? '' : toYaml(map).replace(/\n$/, ''))
  return new GoObject(
    'engine.files',
    contents,
    {
      Get: text,
      GetBytes: text,
      Glob: (pattern) => {
        const matches = globMatcher(String(pattern))
        return filesObject(files.filter((f) => matches(f.name)))
      },
      Lines: (name) => text(name).replace(/\n$/, '').split('\n'),
      AsConfig: () => yaml(named((t) => t)),
      AsSecrets: () => yaml(named((t) => base64FromBytes(bytesFromText(t)))),
    },
    true,
  )
}

const upperFirst = (key: string): string => key.slice(0, 1).toUpperCase() + key.slice(1)

/** `.Chart`: the fields of Chart.yaml under Go's names. */
function chartObject(chart: Chart): GoObject {
  const known = {
    Name: '',
    Home: '',
    Sources: [],
    Version: '',
    Description: '',
    Keywords: [],
    Maintainers: [],
    Icon: '',
    APIVersion: '',
    Condition: '',
    Tags: '',
    AppVersion: '',
    Deprecated: false,
    Annotations: {},
    KubeVersion: '',
    Dependencies: [],
    Type: '',
  }
  const own: Fields = {}
  for (const key of Object.keys(chart.metadata)) {
    const name = key === 'apiVersion' ? 'APIVersion' : upperFirst(key)
    if (has(known, name)) own[name] = chart.metadata[key]
  }
  const people = Array.isArray(own.Maintainers)
    ? own.Maintainers.map((m) =>
        isMap(m) ? new GoObject('*chart.Maintainer', { Name: m.name ?? '', Email: m.email ?? '', URL: m.url ?? '' }) : m,
      )
    : []
  return new GoObject('*chart.Metadata', {
    ...known,
    ...own,
    Maintainers: people,
    Name: chart.name,
    Version: chart.version,
    AppVersion: chart.appVersion,
    IsRoot: true,
    Type: own.Type ?? '',
  })
}

function capabilities(world: RenderWorld): GoObject {
  const [, major = '', minor = ''] = /^v?(\d+)\.(\d+)/.exec(world.kubeVersion) ?? []
  const kube = new GoObject(
    'chartutil.KubeVersion',
    { Version: world.kubeVersion, Major: major, Minor: minor, GitVersion: world.kubeVersion },
    { String: () => world.kubeVersion },
    false,
    () => world.kubeVersion,
  )
  const versions = new GoObject(
    'chartutil.VersionSet',
    Object.fromEntries(world.apiVersions.map((v, i) => [String(i), v])),
    { Has: (v) => world.apiVersions.includes(String(v)) },
    true,
    () => `[${world.apiVersions.join(' ')}]`,
  )
  const helm = new GoObject('version.BuildInfo', { Version: world.helmVersion, GitCommit: '', GitTreeState: 'clean', GoVersion: '' })
  return new GoObject('*chartutil.Capabilities', { KubeVersion: kube, APIVersions: versions, HelmVersion: helm })
}

interface Page {
  readonly name: string
  readonly text: string
  readonly dot: Fields
  readonly base: string
}

/** All templates of a chart and below, with what `.` is in each; gives what the parent sees of it. */
function gather(chart: Chart, path: string, values: Fields, shared: Fields, pages: Page[]): Fields {
  const dot: Fields = {
    Chart: chartObject(chart),
    Files: filesObject(chart.files),
    Release: shared.Release,
    Capabilities: shared.Capabilities,
    Values: values,
    Subcharts: {},
  }
  for (const sub of chart.charts) {
    const below = isMap(values[sub.name]) ? (values[sub.name] as Fields) : {}
    ;(dot.Subcharts as Fields)[sub.name] = gather(sub, `${path}/charts/${sub.name}`, below, shared, pages)
  }
  for (const file of chart.templates) {
    const base = file.name.split('/').pop()!
    if (chart.type === 'library' && !base.startsWith('_')) continue
    pages.push({ name: `${path}/${file.name}`, text: file.text, dot, base: `${path}/templates` })
  }
  return dot
}

/** Renders a chart on values that are coalesced. Throws HelmError. */
export function renderChart(chart: Chart, values: Fields, world: RenderWorld): Rendered[] {
  const { release } = world
  const shared: Fields = {
    Release: {
      Name: release.name,
      Namespace: release.namespace,
      IsUpgrade: release.isUpgrade,
      IsInstall: release.isInstall,
      Revision: BigInt(release.revision),
      Service: 'Helm',
    },
    Capabilities: capabilities(world),
  }
  const pages: Page[] = []
  gather(chart, chart.name, values, shared, pages)
  try {
    return renderPages(pages, world)
  } catch (error) {
    if (error instanceof TemplateFailure) throw renderFailure(error)
    if (error instanceof BudgetSpent) throw new HelmError(error.message)
    throw error
  }
}

const depthOf = (name: string): number => name.split('/').length
const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

function renderPages(pages: readonly Page[], world: RenderWorld): Rendered[] {
  const budget = new Budget()
  const trees = new Map<string, Tree>()
  const execution = engine(trees, budget, world)
  const known = (name: string): boolean => has(execution.functions, name)
  // Subcharts first, so that a parent's definition of the same name wins.
  for (const page of [...pages].sort((a, b) => depthOf(b.name) - depthOf(a.name) || byText(b.name, a.name))) {
    for (const [name, tree] of parseTemplate(page.name, page.text, known)) trees.set(name, tree)
    budget.spend(page.text.length)
  }
  const out: Rendered[] = []
  for (const page of [...pages].sort((a, b) => byText(a.name, b.name))) {
    if (page.name.split('/').pop()!.startsWith('_')) continue
    page.dot.Template = { Name: page.name, BasePath: page.base }
    execution.depth = 0
    out.push({ name: page.name, text: run(trees.get(page.name)!, page.dot, execution).replaceAll('<no value>', '') })
  }
  return out
}

/** A template that calls itself without end overflows the machine's stack before anything else: it is told as such. */
function run(tree: Tree, dot: unknown, execution: Execution): string {
  try {
    return executeTree(tree, dot, execution)
  } catch (error) {
    if (error instanceof RangeError)
      throw new TemplateFailure(
        `template: ${tree.file}:1:0: executing ${JSON.stringify(tree.name)} at <...>: exceeded maximum template depth`,
        'execute',
      )
    throw error
  }
}

function engine(trees: Map<string, Tree>, budget: Budget, world: RenderWorld): Execution {
  const nested = new Map<string, number>()
  const functionWorld: FunctionWorld = { budget, now: world.now, random: world.random }
  const functions: Record<string, TemplateFunction> = { ...chartFunctions(functionWorld) }
  const execution: Execution = { trees, functions, budget, strict: world.strict === true, depth: 0 }
  const include = (name: string, dot: unknown): string => {
    const count = nested.get(name) ?? 0
    if (count >= MAX_NESTED) throw new Error(`rendering template has a nested reference name: ${name}: unable to execute template`)
    const tree = trees.get(name)
    if (tree === undefined) throw new Error(`template: no template ${JSON.stringify(name)} associated with template "gotpl"`)
    nested.set(name, count + 1)
    try {
      return executeTree(tree, dot, execution)
    } finally {
      nested.set(name, count)
    }
  }
  const tpl = (text: string, dot: unknown): string => {
    budget.spend(text.length)
    const name = isMap(dot) && isMap(dot.Template) ? String(dot.Template.Name) : 'gotpl'
    const parsed = parseTemplate(name, text, (f) => has(functions, f))
    const inner = new Map(trees)
    for (const [key, tree] of parsed) inner.set(key, tree)
    if (execution.depth >= MAX_NESTED) throw new Error('exceeded maximum template depth (1000)')
    return executeTree(parsed.get(name)!, dot, { ...execution, trees: inner }).replaceAll('<no value>', '')
  }
  const required = (message: string, value: unknown): unknown => {
    if (value !== null && value !== undefined && value !== '') return value
    if (world.lint) return ''
    throw marked(message)
  }
  functions.include = { args: 'sa', call: include }
  functions.tpl = { args: 'sa', call: tpl }
  functions.required = { args: 'sa', call: required }
  functions.fail = {
    args: 's',
    call: (message: string) => {
      if (world.lint) return ''
      throw marked(message)
    },
  }
  functions.lookup = {
    args: 'ssss',
    call: (apiVersion: string, kind: string, namespace: string, name: string) =>
      data(world.lookup?.(apiVersion, kind, namespace, name) ?? {}),
  }
  return execution
}
