/** `helm install`, `upgrade`, `rollback`, `uninstall`, `test`. */
import type { Steps } from '../../kubectl/contract.ts'
import { HelmError } from '../chart/contract.ts'
import { checkInstallable } from '../chart/metadata.ts'
import { bool, flag, type HelmCommand, type HelmContext, text } from '../contract.ts'
import { runHooks } from '../release/hooks.ts'
import { install } from '../release/install.ts'
import { asHelmError, type Cascade, cascades } from '../release/objects.ts'
import { kubeVersionOf } from '../release/plan.ts'
import { uninstall } from '../release/uninstall.ts'
import { rollback, upgrade } from '../release/upgrade.ts'
import { applyFlags, applyOptions, chartAt, outputFlag, sourceFlags, valueFlags, valuesOf } from './arguments.ts'
import { releaseValue, statusPage, structured } from './pages.ts'

/** Runs a part whose failures are told with a word before them. */
function* named<T>(prefix: string, steps: () => Steps<T>): Steps<T> {
  try {
    return yield* steps()
  } catch (error) {
    throw new HelmError(`${prefix}: ${asHelmError(error).message}`)
  }
}

function* installChart(context: HelmContext, name: string, path: string): Steps<undefined> {
  const { flags } = context
  const release = yield* named('INSTALLATION FAILED', function* () {
    const options = applyOptions(context)
    const chart = chartAt(context, path)
    checkInstallable(chart, options.dryRun === 'client' ? '' : kubeVersionOf(context))
    if (chart.metadata.deprecated === true) context.err(`WARNING: This chart is deprecated\n`)
    return yield* install(context, chart, valuesOf(context), {
      ...options,
      name,
      replace: flags.has('replace') && flags.bool('replace'),
      createNamespace: flags.bool('create-namespace'),
    })
  })
  context.out(
    structured(context, () => releaseValue(release)) ??
      statusPage(release, { hideNotes: flags.bool('hide-notes'), debug: flags.bool('debug') }),
  )
  return undefined
}

/** NAME and CHART, or CHART alone with `--generate-name`. */
function nameAndChart(context: HelmContext): [string, string] {
  const { args, flags } = context
  const generated = flags.bool('generate-name')
  if (args.length > 1) {
    if (generated) throw new HelmError('INSTALLATION FAILED: cannot set --generate-name and also specify a name')
    return [args[0]!, args[1]!]
  }
  if (!generated) throw new HelmError('INSTALLATION FAILED: must either provide a name or specify --generate-name')
  const base = (args[0]!.split('/').pop() || 'chart')
    .replace(/\.tgz$/, '')
    .replace(/-\d+\.\d+\.\d+.*$/, '')
    .slice(0, 42)
  return [`${base}-${Math.floor(context.host.now() / 1000)}`, args[0]!]
}

export const installCommand: HelmCommand = {
  path: 'install',
  summary: 'install a chart',
  usage: '[NAME] [CHART] [flags]',
  flags: [
    ...valueFlags,
    ...sourceFlags,
    ...applyFlags,
    outputFlag,
    bool('generate-name', { short: 'g' }),
    text('name-template'),
    bool('replace'),
  ],
  args: [1, 2],
  run: (context) => {
    const [name, path] = nameAndChart(context)
    return installChart(context, name, path)
  },
}

export const upgradeCommand: HelmCommand = {
  path: 'upgrade',
  summary: 'upgrade a release',
  usage: '[RELEASE] [CHART] [flags]',
  flags: [
    ...valueFlags,
    ...sourceFlags,
    ...applyFlags,
    outputFlag,
    bool('install', { short: 'i' }),
    bool('reuse-values'),
    bool('reset-values'),
    bool('reset-then-reuse-values'),
    bool('cleanup-on-fail'),
    flag('history-max', 'int', '10'),
  ],
  args: [2, 2],
  *run(context) {
    const { flags, args } = context
    const [name = '', path = ''] = args
    if (flags.bool('install')) {
      const history = context.releases.list(name).sort((a, b) => a.version - b.version)
      if (history.length === 0 || history.at(-1)!.status === 'uninstalled') {
        if (flags.text('output') === 'table') context.out(`Release ${JSON.stringify(name)} does not exist. Installing it now.\n`)
        return yield* installChart(context, name, path)
      }
    }
    const reuse = flags.bool('reset-values')
      ? 'reset'
      : flags.bool('reuse-values')
        ? 'reuse'
        : flags.bool('reset-then-reuse-values')
          ? 'reset-then-reuse'
          : 'default'
    const release = yield* named('UPGRADE FAILED', function* () {
      const options = applyOptions(context)
      const chart = chartAt(context, path)
      checkInstallable(chart, kubeVersionOf(context))
      return yield* upgrade(context, chart, valuesOf(context), {
        ...options,
        name,
        reuse,
        maxHistory: flags.int('history-max'),
        cleanupOnFail: flags.bool('cleanup-on-fail'),
      })
    })
    const written = structured(context, () => releaseValue(release))
    if (written === undefined) context.out(`Release ${JSON.stringify(name)} has been upgraded. Happy Helming!\n`)
    context.out(written ?? statusPage(release, { hideNotes: flags.bool('hide-notes'), debug: flags.bool('debug') }))
    return undefined
  },
}

export const rollbackCommand: HelmCommand = {
  path: 'rollback',
  summary: 'roll back a release to a previous revision',
  usage: '<RELEASE> [REVISION] [flags]',
  flags: [
    bool('dry-run'),
    flag('timeout', 'duration', '5m0s'),
    bool('wait'),
    bool('wait-for-jobs'),
    bool('no-hooks'),
    bool('force'),
    bool('recreate-pods'),
    bool('cleanup-on-fail'),
    flag('history-max', 'int', '10'),
  ],
  args: [1, 2],
  *run(context) {
    const { flags, args } = context
    const [name = '', revision = '0'] = args
    if (!/^\d+$/.test(revision))
      throw new HelmError(`could not convert revision to a number: strconv.Atoi: parsing ${JSON.stringify(revision)}: invalid syntax`)
    if (flags.bool('recreate-pods')) throw new HelmError('--recreate-pods is not simulated: kubectl rollout restart does what it did')
    yield* rollback(context, name, Number(revision), {
      timeoutMs: flags.duration('timeout'),
      wait: flags.bool('wait'),
      waitForJobs: flags.bool('wait-for-jobs'),
      noHooks: flags.bool('no-hooks'),
      force: flags.bool('force'),
      maxHistory: flags.int('history-max'),
      cleanupOnFail: flags.bool('cleanup-on-fail'),
      dryRun: flags.bool('dry-run') ? 'client' : 'none',
    })
    context.out('Rollback was a success! Happy Helming!\n')
    return undefined
  },
}

export const uninstallCommand: HelmCommand = {
  path: 'uninstall',
  aliases: ['del', 'delete', 'un'],
  summary: 'uninstall a release',
  usage: 'RELEASE_NAME [...] [flags]',
  flags: [
    bool('dry-run'),
    bool('keep-history'),
    bool('no-hooks'),
    bool('wait'),
    bool('ignore-not-found'),
    flag('timeout', 'duration', '5m0s'),
    text('cascade', 'background'),
    text('description'),
  ],
  args: [1, 100],
  *run(context) {
    const { flags, args } = context
    const cascade = flags.text('cascade')
    if (!cascades.includes(cascade))
      throw new HelmError(`invalid cascade value (${cascade}). Must be "background", "foreground", or "orphan"`)
    for (const name of args) {
      if (flags.bool('ignore-not-found') && context.releases.list(name).length === 0) continue
      if (flags.bool('dry-run')) context.releases.last(name)
      else {
        const { info } = yield* uninstall(context, name, {
          keepHistory: flags.bool('keep-history'),
          noHooks: flags.bool('no-hooks'),
          wait: flags.bool('wait'),
          timeoutMs: flags.duration('timeout'),
          cascade: cascade as Cascade,
          description: flags.text('description'),
        })
        if (info !== '') context.out(`${info}\n`)
      }
      context.out(`release ${JSON.stringify(name)} uninstalled\n`)
    }
    return undefined
  },
}

export const testCommand: HelmCommand = {
  path: 'test',
  summary: 'run tests for a release',
  usage: '[RELEASE] [flags]',
  flags: [flag('timeout', 'duration', '5m0s'), bool('logs'), flag('filter', 'slice', '[]'), bool('hide-notes')],
  args: [1, 1],
  *run(context) {
    const { flags, args } = context
    const release = context.releases.last(args[0]!)
    const filters = flags.list('filter')
    const wanted = filters.filter((f) => f.startsWith('name=')).map((f) => f.slice(5))
    const unwanted = filters.filter((f) => f.startsWith('!name=')).map((f) => f.slice(6))
    const only = (name: string): boolean => (wanted.length === 0 || wanted.includes(name)) && !unwanted.includes(name)
    let { hooks } = release
    let failure: HelmError | undefined
    try {
      hooks = yield* runHooks(context, release, 'test', { timeoutMs: flags.duration('timeout'), only }, (ran) => {
        hooks = ran
      })
    } catch (error) {
      failure = asHelmError(error)
    }
    const ran = { ...release, hooks }
    context.releases.update(ran)
    context.out(statusPage(ran, { hideNotes: flags.bool('hide-notes') }))
    if (flags.bool('logs'))
      logs(
        context,
        hooks.filter((h) => h.events.includes('test') && h.kind === 'Pod' && only(h.name)).map((h) => h.name),
      )
    if (failure !== undefined) throw failure
    return undefined
  },
}

function logs(context: HelmContext, pods: readonly string[]): void {
  for (const name of pods) {
    const { body } = context.kube.request({
      verb: 'get',
      subresource: 'log',
      group: '',
      version: 'v1',
      resource: 'pods',
      namespace: context.namespace,
      name,
    })
    context.out(`POD LOGS: ${name}\n${typeof body === 'string' ? body : ''}\n`)
  }
}
