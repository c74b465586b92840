/** The support matrix as Markdown, made of the registries alone: kinds with verbs and subresources, admission, controllers, scheduler, checks, faults, kubectl. */
import { z } from 'zod'
import type { KindDefinition } from '../src/api/kind.ts'
import { apiVersionOf } from '../src/api/meta.ts'
import { KindRegistry } from '../src/api/registry.ts'
import { admissionPlugins } from '../src/apiserver/admission/registry.ts'
import { subresourcesOf } from '../src/apiserver/subresources/registry.ts'
import { virtualResources } from '../src/apiserver/virtual/registry.ts'
import { faults } from '../src/cluster/faults/index.ts'
import { createControllers } from '../src/controllers/index.ts'
import { checkDefinitions } from '../src/grading/checks/index.ts'
import { resultSchema } from '../src/grading/reports/result-schema.ts'
import { builtInKinds } from '../src/kinds/index.ts'
import { extensionKinds } from '../src/kinds/metrics/index.ts'
import { factsOf, globalFlags } from '../src/kubectl/flags/tree.ts'
import { withoutEffect } from '../src/kubectl/flags/without-effect.ts'
import { verbs } from '../src/kubectl/verbs/index.ts'
import type { PluginRecord } from '../src/scheduler/contract.ts'
import { plugins } from '../src/scheduler/plugins/index.ts'

const VERBS = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete', 'deletecollection']

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((r) => `| ${r.join(' | ')} |`).join('\n')
const code = (text: string): string => `\`${text}\``
const yes = (is: boolean): string => (is ? '✓' : '')

function kindRow(kind: KindDefinition): string[] {
  const { capabilities = {} } = kind
  const can = [
    capabilities.rollout && 'rollout',
    capabilities.exposable && 'expose',
    capabilities.autoscalable && 'autoscale',
    capabilities.podTemplatePath !== undefined && 'set',
    kind.describe && 'describe',
  ].filter((c): c is string => typeof c === 'string')
  return [
    kind.kind,
    code(apiVersionOf(kind.group, kind.version)),
    [kind.resource, ...kind.shortNames].map(code).join(' '),
    kind.namespaced ? 'namespace' : 'cluster',
    ...VERBS.map((v) => yes(kind.verbs.includes(v))),
    subresourcesOf(kind)
      .map((s) => `${code(s.name)} (${Object.keys(s.verbs).sort().join(', ')})`)
      .join(', '),
    yes(kind.validate !== undefined),
    can.join(', '),
  ]
}

function kinds(): string {
  const registry = new KindRegistry(builtInKinds)
  const answered = virtualResources.map((v) => [v.kind, code(apiVersionOf(v.group, v.version)), code(v.resource), 'create'])
  return [
    '## Kinds',
    'Fields, types, required fields and enums of every kind come from the facts of the real API. "Validated" says that the kind has validation of its own beyond these; the last column what kubectl asks of its record.',
    table(['kind', 'version', 'names', 'scope', ...VERBS, 'subresources', 'validated', 'kubectl'], registry.all.map(kindRow)),
    'Served by metrics-server while its APIService is available:',
    table(['kind', 'version', 'names', 'scope', ...VERBS, 'subresources', 'validated', 'kubectl'], extensionKinds.map(kindRow)),
    'A CustomResourceDefinition adds a kind of the same sort while the cluster runs. Answered, but not stored:',
    table(['kind', 'version', 'resource', 'verb'], answered),
  ].join('\n\n')
}

const admission = (): string =>
  [
    '## Admission',
    table(
      ['plugin', 'mutates', 'validates', 'resources', 'operations'],
      admissionPlugins.map((p) => [
        p.name,
        yes(p.mutate !== undefined),
        yes(p.validate !== undefined),
        p.resources?.map(code).join(' ') ?? 'all',
        p.operations?.join(', ') ?? 'all',
      ]),
    ),
  ].join('\n\n')

const POINTS = [
  'preEnqueue',
  'preFilter',
  'filter',
  'postFilter',
  'preScore',
  'score',
  'preBind',
] as const satisfies readonly (keyof PluginRecord)[]

const scheduler = (): string =>
  [
    '## Scheduler',
    table(
      ['plugin', ...POINTS, 'weight'],
      plugins.map((p) => [p.name, ...POINTS.map((point) => yes(p[point] !== undefined)), p.weight ? String(p.weight) : '']),
    ),
  ].join('\n\n')

const controllers = (): string =>
  [
    '## Controllers',
    table(
      ['controller', 'watches'],
      createControllers().map((c) => [c.name, [...new Set(c.watches.map((w) => code(w.resource)))].join(' ')]),
    ),
  ].join('\n\n')

const TARGETS = ['node', 'pod', 'component', 'link'] as const

const game = (): string =>
  [
    '## Checks and faults',
    `Checks that a level may ask: ${checkDefinitions.map((c) => code(c.kind)).join(', ')}.`,
    `Faults: ${faults.map((f) => `${code(f.kind)} (${TARGETS.filter((t) => f[t] !== undefined).join(', ')})`).join(', ')}.`,
  ].join('\n\n')

function kubectl(): string {
  const rows = [...verbs].map((verb) => {
    const flags = factsOf(verb.path)?.flags ?? []
    return [code(verb.path), flags.map((f) => code(`${f.short ? `-${f.short}/` : ''}--${f.name}`)).join(' ')]
  })
  rows.sort(([a], [b]) => (a! < b! ? -1 : 1))
  const idle = new Map<string, { reason: string; commands: string[] }>()
  const note = (command: string, path: string, name: string): void => {
    const reason = withoutEffect(path, name)
    if (reason === undefined) return
    const key = `${name} ${reason}`
    const known = idle.get(key) ?? { reason, commands: [] }
    idle.set(key, { reason, commands: [...known.commands, command] })
  }
  for (const { name } of globalFlags) note('all', 'global', name)
  for (const verb of [...verbs].sort((a, b) => (a.path < b.path ? -1 : 1)))
    for (const flag of factsOf(verb.path)?.flags ?? []) note(code(verb.path), verb.path, flag.name)
  const notes = [...idle].map(([key, { reason, commands }]) => [code(`--${key.split(' ')[0]}`), commands.join(' '), reason])
  return [
    '## kubectl',
    'Commands that run, with the flags they know (the global ones aside). What a flag asks for and the simulation does not do is refused with its name.',
    table(['command', 'flags'], rows),
    'Flags that change nothing here, or are refused by name, and why:',
    table(['flag', 'commands', 'why'], notes),
  ].join('\n\n')
}

/** The whole document. */
export const supportMatrix = (): string =>
  `${['# Support matrix', 'Written by `npm run docs` from the registries; do not edit.', kinds(), admission(), controllers(), scheduler(), game(), kubectl()].join('\n\n')}\n`

/** The JSON Schema of `clusterlab/result/v1`. */
export const resultSchemaText = (): string => `${JSON.stringify(z.toJSONSchema(resultSchema), null, 2)}\n`
