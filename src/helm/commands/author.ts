/** `helm create`, `template`, `show` and `package`: charts in the player's folders. */
import type { KubectlHost } from '../../kubectl/contract.ts'
import { toYaml } from '../../kubectl/printers/yaml.ts'
import { makeDirectories, normalisePath } from '../../script/files.ts'
import { packed } from '../chart/archive.ts'
import { type Chart, HelmError } from '../chart/contract.ts'
import { checkInstallable, validateMetadata } from '../chart/metadata.ts'
import { SCHEMA_FAILURE } from '../chart/schema.ts'
import { isStrictVersion } from '../chart/semver.ts'
import { starterChart } from '../chart/starter.ts'
import { bool, flag, type HelmCommand, type HelmContext, plain, text } from '../contract.ts'
import { data } from '../functions/encoding.ts'
import { checkName } from '../release/install.ts'
import { kubeVersionOf, ManifestFailure, plan } from '../release/plan.ts'
import { applyFlags, chartAt, dryRunOf, sourceFlags, valueFlags, valuesOf } from './arguments.ts'

export function writeFile(host: KubectlHost, path: string, content: string): void {
  const full = normalisePath(path, host.cwd)
  makeDirectories(host.files, full.slice(0, full.lastIndexOf('/')) || '/')
  host.files.write(full, content)
}

export const createCommand: HelmCommand = {
  path: 'create',
  summary: 'create a new chart with the given name',
  usage: 'NAME [flags]',
  flags: [text('starter', '', { short: 'p' })],
  args: [1, 1],
  run: plain((context) => {
    const path = context.args[0]!
    const name = path.replace(/\/+$/, '').split('/').pop() ?? ''
    if (context.flags.text('starter') !== '') throw new HelmError('--starter: there are no starter charts here')
    if (name.length > 250 || !/^[a-zA-Z0-9._-]+$/.test(name))
      throw new HelmError('chart name must match the regular expression "^[a-zA-Z0-9._-]+$"')
    const { host } = context
    const there = host.files.stat(normalisePath(path, host.cwd))
    if (there !== undefined && there.kind !== 'directory') throw new HelmError(`file ${path} already exists and is not a directory`)
    for (const file of starterChart(name)) {
      const full = `${path.replace(/\/+$/, '')}/${file.name}`
      if (host.files.stat(normalisePath(full, host.cwd)) !== undefined)
        context.err(`WARNING: File "${full}" already exists. Overwriting.\n`)
      writeFile(host, full, file.text)
    }
    makeDirectories(host.files, normalisePath(`${path}/charts`, host.cwd))
    context.out(`Creating ${path}\n`)
    return 0
  }),
}

/** NAME and CHART, or CHART alone. */
function templateArgs(context: HelmContext): [string, string] {
  const { args, flags } = context
  if (args.length > 1) return [args[0]!, args[1]!]
  return [flags.text('name-template') || 'release-name', args[0]!]
}

export const templateCommand: HelmCommand = {
  path: 'template',
  summary: 'locally render templates',
  usage: '[NAME] [CHART] [flags]',
  flags: [
    ...valueFlags,
    ...sourceFlags,
    ...applyFlags,
    flag('show-only', 'array', '[]', { short: 's' }),
    text('output-dir'),
    bool('validate'),
    bool('include-crds'),
    bool('skip-tests'),
    bool('is-upgrade'),
    text('kube-version'),
    flag('api-versions', 'slice', '[]', { short: 'a' }),
    bool('generate-name', { short: 'g' }),
    text('name-template'),
    bool('release-name'),
  ],
  args: [1, 2],
  run: plain((context) => {
    const { flags } = context
    const [name, path] = templateArgs(context)
    const chart = chartAt(context, path)
    checkName(name)
    const kubeVersion = flags.text('kube-version')
    const online = flags.bool('validate') || dryRunOf(context) === 'server'
    checkInstallable(chart, kubeVersion || (online ? kubeVersionOf(context) : 'v1.33.0'))
    let made: ReturnType<typeof plan>
    try {
      made = plan(context, chart, valuesOf(context), {
        name,
        namespace: context.namespace,
        revision: 1,
        isUpgrade: flags.bool('is-upgrade'),
        online,
        apiVersions: flags.list('api-versions'),
        skipSchema: flags.bool('skip-schema-validation'),
        ...(kubeVersion !== '' && { kubeVersion: kubeVersion.startsWith('v') ? kubeVersion : `v${kubeVersion}` }),
      })
    } catch (error) {
      if (error instanceof ManifestFailure && flags.bool('debug')) {
        for (const page of error.rendered)
          if (page.text.trim() !== '' && !page.name.endsWith('NOTES.txt')) context.out(`---\n# Source: ${page.name}\n${page.text}\n`)
        throw error
      }
      if (error instanceof HelmError && !error.message.startsWith(SCHEMA_FAILURE))
        throw new HelmError(`${error.message}\n\nUse --debug flag to render out invalid YAML`)
      throw error
    }
    const hooks = flags.bool('no-hooks') ? [] : made.hooks.filter((h) => !(flags.bool('skip-tests') && h.events.includes('test')))
    const crds = flags.bool('include-crds') ? made.crds.map((c) => ({ path: `${chart.name}/${c.name}`, text: c.text.trim() })) : []
    const pages = [
      ...crds,
      ...made.parts.map((p) => ({ path: p.name, text: p.text })),
      ...hooks.map((h) => ({ path: h.path, text: h.manifest })),
    ]
    write(context, chart, pages)
    return 0
  }),
}

function write(context: HelmContext, chart: Chart, pages: readonly { readonly path: string; readonly text: string }[]): void {
  const { flags, host } = context
  const only = flags.list('show-only')
  for (const wanted of only)
    if (!pages.some((p) => p.path === `${chart.name}/${wanted.replace(/^\.?\//, '')}`))
      throw new HelmError(`could not find template ${wanted} in chart`)
  const shown =
    only.length === 0 ? pages : only.flatMap((wanted) => pages.filter((p) => p.path === `${chart.name}/${wanted.replace(/^\.?\//, '')}`))
  const folder = flags.text('output-dir')
  const done = new Set<string>()
  for (const page of shown) {
    const whole = `---\n# Source: ${page.path}\n${page.text}\n`
    if (folder === '') {
      context.out(whole)
      continue
    }
    const path = `${folder}/${page.path}`
    const full = normalisePath(path, host.cwd)
    writeFile(host, path, done.has(path) ? host.files.read(full) + whole : whole)
    done.add(path)
    context.out(`wrote ${path}\n`)
  }
}

const README = /^readme(?:\.(?:md|txt))?$/i

function shown(what: string, chart: Chart): string {
  const raw = (name: string): string => chart.raw.find((f) => f.name === name)?.text ?? ''
  switch (what) {
    case 'chart':
      return toYaml(data(chart.metadata))
    case 'values':
      return raw('values.yaml')
    case 'readme':
      return chart.raw.find((f) => README.test(f.name))?.text ?? ''
    case 'crds':
      return chart.crds.map((f) => `${f.text.trim()}\n`).join('---\n')
    default: {
      const parts = [
        shown('chart', chart),
        shown('values', chart),
        ...['readme', 'crds'].map((w) => shown(w, chart)).filter((t) => t !== ''),
      ]
      return parts.join('\n---\n')
    }
  }
}

export const showCommands: readonly HelmCommand[] = ['chart', 'values', 'readme', 'crds', 'all'].map((what) => ({
  path: `show ${what}`,
  summary: what === 'all' ? 'show all information of the chart' : `show the chart's ${what === 'chart' ? 'definition' : what}`,
  usage: '[CHART] [flags]',
  flags: sourceFlags,
  args: [1, 1] as const,
  run: plain((context) => {
    const out = shown(what, chartAt(context, context.args[0]!))
    context.out(out === '' || out.endsWith('\n') ? out : `${out}\n`)
    return 0
  }),
}))

export const packageCommand: HelmCommand = {
  path: 'package',
  summary: 'package a chart directory into a chart archive',
  usage: '[CHART_PATH] [...] [flags]',
  flags: [
    text('destination', '.', { short: 'd' }),
    text('version'),
    text('app-version'),
    bool('dependency-update', { short: 'u' }),
    bool('sign'),
  ],
  args: [1, 20],
  run: plain((context) => {
    const { flags, host } = context
    if (flags.bool('sign')) throw new HelmError('--sign is not simulated: there is no key ring here')
    for (const path of context.args) {
      const chart = chartAt(context, path)
      validateMetadata(chart)
      const absent = chart.wanted.filter((d) => !chart.charts.some((c) => c.name === d.name)).map((d) => d.name)
      if (absent.length > 0) throw new HelmError(`found in Chart.yaml, but missing in charts/ directory: ${absent.join(', ')}`)
      const version = flags.text('version') || chart.version
      if (!isStrictVersion(version)) throw new HelmError('Invalid Semantic Version')
      const appVersion = flags.text('app-version')
      const metadata = { ...chart.metadata, version, ...(appVersion !== '' && { appVersion }) }
      const files = chart.raw.map((f) => (f.name === 'Chart.yaml' ? { ...f, text: toYaml(metadata) } : f))
      const to = `${flags.text('destination').replace(/\/+$/, '') || '/'}/${chart.name}-${version}.tgz`
      writeFile(
        host,
        to,
        packed(
          files.map((f) => ({ name: `${chart.name}/${f.name}`, text: f.text })),
          host.now(),
        ),
      )
      context.out(`Successfully packaged chart and saved it to: ${normalisePath(to, host.cwd)}\n`)
    }
    return 0
  }),
}
