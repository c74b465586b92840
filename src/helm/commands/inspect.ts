/** `helm list`, `status`, `history` and `get`: what is kept of releases. */

import { RE2JS } from 're2js'
import { formatMicroTime } from '../../api/rfc3339.ts'
import { toYaml } from '../../kubectl/printers/yaml.ts'
import { HelmError } from '../chart/contract.ts'
import { bool, flag, type HelmCommand, plain, text } from '../contract.ts'
import { timeText } from '../functions/dates.ts'
import { data } from '../functions/encoding.ts'
import { appVersionOf, chartLabel, type Release } from '../release/contract.ts'
import { coalesceKept } from '../release/kept.ts'
import type { Fields } from '../template/values.ts'
import { outputFlag } from './arguments.ts'
import { ansic, releaseValue, statusPage, structured, table } from './pages.ts'

const STATES = ['deployed', 'failed', 'pending', 'superseded', 'uninstalled', 'uninstalling'] as const

const byName = (a: Release, b: Release): number => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.namespace < b.namespace ? -1 : 1)

/** The last revision of each release. */
function latest(all: readonly Release[]): Release[] {
  const found = new Map<string, Release>()
  for (const release of all) {
    const key = `${release.namespace}/${release.name}`
    if ((found.get(key)?.version ?? 0) < release.version) found.set(key, release)
  }
  return [...found.values()]
}

const stateOf = (release: Release): string => (release.status.startsWith('pending-') ? 'pending' : release.status)

export const listCommand: HelmCommand = {
  path: 'list',
  aliases: ['ls'],
  summary: 'list releases',
  usage: '[flags]',
  flags: [
    bool('all', { short: 'a' }),
    bool('all-namespaces', { short: 'A' }),
    bool('date', { short: 'd' }),
    bool('reverse', { short: 'r' }),
    bool('short', { short: 'q' }),
    bool('no-headers'),
    text('filter', '', { short: 'f' }),
    flag('max', 'int', '256', { short: 'm' }),
    flag('offset', 'int', '0'),
    text('selector', '', { short: 'l' }),
    text('time-format'),
    ...STATES.map((state) => bool(state)),
    outputFlag,
  ],
  args: [0, 0],
  run: plain((context) => {
    const { flags } = context
    const chosen = STATES.filter((state) => flags.bool(state))
    const states: readonly string[] = flags.bool('all') ? [...STATES, 'unknown'] : chosen.length > 0 ? chosen : ['deployed', 'failed']
    let found = latest(context.releases.list(undefined, flags.bool('all-namespaces'), 'list: failed to list')).filter((r) =>
      states.includes(stateOf(r)),
    )
    if (flags.text('filter') !== '') {
      const pattern = RE2JS.compile(flags.text('filter'))
      found = found.filter((r) => pattern.matcher(r.name).find())
    }
    if (flags.text('selector') !== '')
      found = found.filter((r) =>
        context.kube.matches(
          { metadata: { name: r.name, labels: { ...r.labels, name: r.name, status: r.status } } } as never,
          flags.text('selector'),
        ),
      )
    found.sort(flags.bool('date') ? (a, b) => a.lastDeployedMs - b.lastDeployedMs : byName)
    if (flags.bool('reverse')) found.reverse()
    found = found.slice(flags.int('offset'), flags.int('offset') + (flags.int('max') || 256))
    const row = (r: Release): string[] => [
      r.name,
      r.namespace,
      String(r.version),
      timeText(r.lastDeployedMs),
      r.status,
      chartLabel(r),
      appVersionOf(r),
    ]
    if (flags.bool('short')) {
      context.out(structured(context, () => found.map((r) => r.name)) ?? found.map((r) => `${r.name}\n`).join(''))
      return 0
    }
    const keys = ['name', 'namespace', 'revision', 'updated', 'status', 'chart', 'app_version']
    const written = structured(context, () => found.map((r) => Object.fromEntries(row(r).map((cell, i) => [keys[i]!, cell]))))
    const heading = flags.bool('no-headers') ? [] : [['NAME', 'NAMESPACE', 'REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION']]
    context.out(written ?? table([...heading, ...found.map(row)]))
    return 0
  }),
}

const revisionFlag = flag('revision', 'int', '0')

export const statusCommand: HelmCommand = {
  path: 'status',
  summary: 'display the status of the named release',
  usage: 'RELEASE_NAME [flags]',
  flags: [revisionFlag, bool('show-desc'), bool('show-resources'), outputFlag],
  args: [1, 1],
  run: plain((context) => {
    const { flags } = context
    if (flags.bool('show-resources'))
      throw new HelmError('--show-resources is not simulated: kubectl get -l app.kubernetes.io/instance=RELEASE shows them')
    const release = context.releases.get(context.args[0]!, flags.int('revision'))
    context.out(
      structured(context, () => releaseValue(release)) ??
        statusPage(release, { description: flags.bool('show-desc'), debug: flags.bool('debug') }),
    )
    return 0
  }),
}

export const historyCommand: HelmCommand = {
  path: 'history',
  aliases: ['hist'],
  summary: 'fetch release history',
  usage: 'RELEASE_NAME [flags]',
  flags: [flag('max', 'int', '256'), outputFlag],
  args: [1, 1],
  run: plain((context) => {
    const all = context.releases.history(context.args[0]!).slice(-context.flags.int('max'))
    const written = structured(context, () =>
      all.map((r) => ({
        revision: r.version,
        updated: formatMicroTime(r.lastDeployedMs),
        status: r.status,
        chart: chartLabel(r),
        app_version: appVersionOf(r),
        description: r.description,
      })),
    )
    const rows = all.map((r) => [String(r.version), ansic(r.lastDeployedMs), r.status, chartLabel(r), appVersionOf(r), r.description])
    context.out(written ?? table([['REVISION', 'UPDATED', 'STATUS', 'CHART', 'APP VERSION', 'DESCRIPTION'], ...rows]))
    return 0
  }),
}

const hooksText = (release: Release): string => release.hooks.map((h) => `---\n# Source: ${h.path}\n${h.manifest}\n`).join('')
const valuesText = (values: Fields): string => (Object.keys(values).length === 0 ? 'null\n' : toYaml(data(values)))

function getter(
  name: string,
  summary: string,
  rest: Pick<HelmCommand, 'flags'>['flags'],
  show: (release: Release, context: Parameters<HelmCommand['run']>[0]) => string,
): HelmCommand {
  return {
    path: `get ${name}`,
    summary,
    usage: 'RELEASE_NAME [flags]',
    flags: [revisionFlag, ...rest],
    args: [1, 1],
    run: plain((context) => {
      context.out(show(context.releases.get(context.args[0]!, context.flags.int('revision')), context))
      return 0
    }),
  }
}

export const getCommands: readonly HelmCommand[] = [
  getter('values', 'download the values file for a named release', [bool('all', { short: 'a' }), outputFlag], (release, context) => {
    const all = context.flags.bool('all')
    const values = all ? coalesceKept(release) : release.config
    const written = structured(context, () => (Object.keys(values).length === 0 && !all ? null : values))
    return written ?? `${all ? 'COMPUTED' : 'USER-SUPPLIED'} VALUES:\n${valuesText(values)}`
  }),
  getter('manifest', 'download the manifest for a named release', [], (release) => `${release.manifest}\n`),
  getter('hooks', 'download all hooks for a named release', [], hooksText),
  getter('notes', 'download the notes for a named release', [], (release) => (release.notes === '' ? '' : `NOTES:\n${release.notes}\n`)),
  getter('metadata', 'This command fetches metadata for a given release', [outputFlag], (release, context) => {
    const rows: [string, string][] = [
      ['NAME', release.name],
      ['CHART', String(release.chart.metadata.name ?? '')],
      ['VERSION', String(release.chart.metadata.version ?? '')],
      ['APP_VERSION', appVersionOf(release)],
      ['ANNOTATIONS', ''],
      [
        'LABELS',
        Object.entries(release.labels)
          .map(([k, v]) => `${k}=${v}`)
          .join(','),
      ],
      ['DEPENDENCIES', ''],
      ['NAMESPACE', release.namespace],
      ['REVISION', String(release.version)],
      ['STATUS', release.status],
      ['DEPLOYED_AT', formatMicroTime(release.lastDeployedMs).replace(/\.\d+Z$/, 'Z')],
    ]
    const keyed = (): Fields => ({
      name: release.name,
      chart: rows[1]![1],
      version: rows[2]![1],
      appVersion: rows[3]![1],
      namespace: release.namespace,
      revision: release.version,
      status: release.status,
      deployedAt: rows[10]![1],
    })
    return structured(context, keyed) ?? rows.map(([key, value]) => `${key}: ${value}\n`).join('')
  }),
  getter('all', 'download all information for a named release', [], (release) => {
    const head = statusPage({ ...release, notes: '' })
    return `${head}USER-SUPPLIED VALUES:\n${valuesText(release.config)}\nCOMPUTED VALUES:\n${valuesText(coalesceKept(release))}\nHOOKS:\n${hooksText(release)}MANIFEST:\n${release.manifest}\n${release.notes === '' ? '' : `NOTES:\n${release.notes.trim()}\n`}`
  }),
]
