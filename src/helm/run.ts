/** helm's entry: finds the command, parses its flags, runs it and words its failure (`Error: …`, exit code 1). */
import { ApiError } from '../api/errors.ts'
import { type Target, targetOf } from '../kubectl/config/access.ts'
import { ConnectionError, type KubectlHost, type KubectlRun, type KubectlYield } from '../kubectl/contract.ts'
import { CommandError, messageOf } from '../kubectl/errors.ts'
import { type FlagDefinition, HelpWanted, type ParsedArguments, parseFlags } from '../kubectl/flags/pflag.ts'
import { globalFlags } from '../kubectl/flags/tree.ts'
import { Kube } from '../kubectl/kube.ts'
import { FileError } from '../script/files.ts'
import { HelmError } from './chart/contract.ts'
import { groupAliases, helmCommands } from './commands/index.ts'
import { bool, type HelmCommand, type HelmContext, text } from './contract.ts'
import { asHelmError } from './release/objects.ts'
import { Releases } from './release/storage.ts'

const shared: readonly FlagDefinition[] = [
  text('namespace', '', { short: 'n' }),
  text('kube-context'),
  text('kubeconfig'),
  text('kube-apiserver'),
  text('kube-token'),
  text('kube-as-user'),
  text('kube-ca-file'),
  bool('kube-insecure-skip-tls-verify'),
  bool('debug'),
]

/** Those that kubectl's configuration knows by another name. */
const KUBE_FLAGS: Readonly<Record<string, string>> = {
  namespace: 'namespace',
  'kube-context': 'context',
  kubeconfig: 'kubeconfig',
  'kube-apiserver': 'server',
  'kube-token': 'token',
  'kube-as-user': 'as',
  'kube-ca-file': 'certificate-authority',
}

const groups = [...new Set(helmCommands.filter((c) => c.path.includes(' ')).map((c) => c.path.split(' ')[0]!))]

interface Found {
  readonly command?: HelmCommand
  readonly group?: string
  readonly rest: readonly string[]
  readonly typed?: string
}

/** The command of a line; flags may stand before it. */
function find(argv: readonly string[]): Found {
  const takesValue = (word: string): boolean => {
    const definition = shared.find((f) => word === `--${f.name}` || word === `-${f.short}`)
    return definition !== undefined && definition.type !== 'bool'
  }
  const words: number[] = []
  for (let i = 0; i < argv.length && words.length < 2; i++) {
    if (argv[i]!.startsWith('-')) {
      if (takesValue(argv[i]!)) i++
    } else words.push(i)
  }
  const without = (...taken: (number | undefined)[]): string[] => argv.filter((_w, i) => !taken.includes(i))
  const [first, second] = words
  if (first === undefined) return { rest: argv }
  const name = groupAliases[argv[first]!] ?? argv[first]!
  if (groups.includes(name)) {
    const sub = second === undefined ? undefined : argv[second]!
    const command = helmCommands.find(
      (c) => c.path.startsWith(`${name} `) && (c.path === `${name} ${sub}` || (sub !== undefined && c.aliases?.includes(sub))),
    )
    return command === undefined
      ? { group: name, rest: without(first, second), ...(sub !== undefined && { typed: sub }) }
      : { command, rest: without(first, second) }
  }
  const command = helmCommands.find((c) => c.path === name || (!c.path.includes(' ') && c.aliases?.includes(name)))
  return command === undefined ? { rest: without(first), typed: name } : { command, rest: without(first) }
}

function helpText(group?: string): string {
  const listed = helmCommands.filter((c) => (group === undefined ? true : c.path.startsWith(`${group} `)))
  const rows = new Map<string, string>()
  for (const c of listed) {
    const [first, second] = c.path.split(' ')
    if (group !== undefined) rows.set(second!, c.summary)
    else if (!rows.has(first!))
      rows.set(
        first!,
        second === undefined
          ? c.summary
          : `${helmCommands
              .filter((x) => x.path.startsWith(`${first} `))
              .map((x) => x.path.split(' ')[1])
              .join(', ')}`,
      )
  }
  const width = Math.max(...[...rows.keys()].map((k) => k.length)) + 2
  const body = [...rows].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, summary]) => `  ${name.padEnd(width)}${summary}`)
  return `${group === undefined ? 'The Kubernetes package manager\n\n' : ''}Usage:\n  helm ${group ?? ''}${group === undefined ? '' : ' '}[command]\n\nAvailable Commands:\n${body.join('\n')}\n\nUse "helm ${group ?? ''}${group === undefined ? '' : ' '}[command] --help" for more information about a command.\n`
}

const commandHelp = (command: HelmCommand): string =>
  `${command.summary}\n\nUsage:\n  helm ${command.path} ${command.usage}\n\nFlags:\n${command.flags.map((f) => `  ${f.short === undefined ? '   ' : `-${f.short},`} --${f.name}${f.type === 'bool' ? '' : ` ${f.type === 'slice' || f.type === 'array' ? 'stringArray' : f.type}`}`).join('\n')}\n\nGlobal Flags:\n${shared.map((f) => `      --${f.name}`).join('\n')}\n`

function target(host: KubectlHost, parsed: ParsedArguments): Target {
  const argv = Object.entries(KUBE_FLAGS).flatMap(([from, to]) => {
    const given = parsed.flags.text(from) || (from === 'namespace' ? (host.env.HELM_NAMESPACE ?? '') : '')
    return given === '' ? [] : [`--${to}=${given}`]
  })
  if (parsed.flags.bool('kube-insecure-skip-tls-verify')) argv.push('--insecure-skip-tls-verify')
  return targetOf(host, parseFlags(argv, globalFlags).flags)
}

function contextOf(parsed: ParsedArguments, host: KubectlHost, write: (chunk: KubectlYield) => void): HelmContext {
  let kube: Kube | undefined
  let where: Target | undefined
  let releases: Releases | undefined
  let draws = 0
  const reach = (): Target => {
    where ??= target(host, parsed)
    return where
  }
  return {
    ...parsed,
    host,
    get kube() {
      kube ??= new Kube(host, reach(), (warning) => write({ err: warning }))
      return kube
    },
    get namespace() {
      return reach().namespace
    },
    get releases() {
      releases ??= new Releases(this.kube, this.namespace, () => host.now())
      return releases
    },
    out: (chunk) => write({ out: chunk }),
    err: (chunk) => write({ err: chunk }),
    debug: (line) => {
      if (parsed.flags.bool('debug')) write({ err: `${line}\n` })
    },
    random: () => host.random(draws++),
  }
}

const counted = (n: number): string => `${n} argument${n === 1 ? '' : 's'}`

function argumentProblem(command: HelmCommand, given: number): string | undefined {
  const [least, most] = command.args
  if (given >= least && given <= most) return undefined
  const usage = `\n\nUsage:  helm ${command.path} ${command.usage}`
  if (least === most && most === 0) return `${JSON.stringify(`helm ${command.path}`)} accepts no arguments${usage}`
  if (least === most) return `${JSON.stringify(`helm ${command.path}`)} requires ${counted(least)}${usage}`
  return given < least
    ? `${JSON.stringify(`helm ${command.path}`)} requires at least ${counted(least)}${usage}`
    : `${JSON.stringify(`helm ${command.path}`)} accepts at most ${counted(most)}${usage}`
}

/** What of an error is told; a bug passes through. */
function failureText(error: unknown): string {
  if (error instanceof HelmError || error instanceof CommandError || error instanceof FileError) return messageOf(error)
  if (error instanceof ApiError || error instanceof ConnectionError) return asHelmError(error).message
  throw error
}

/** Runs one command line; `argv[0]` is `helm`. The generator's return value is the exit code. */
export function* runHelm(argv: readonly string[], host: KubectlHost): KubectlRun {
  const found = find(argv.slice(1))
  const { command } = found
  if (command === undefined) {
    if (found.typed === undefined || found.typed === 'help') {
      yield { out: helpText(found.group) }
      return 0
    }
    yield {
      err: `Error: unknown command ${JSON.stringify(found.typed)} for "helm${found.group === undefined ? '' : ` ${found.group}`}"\nRun 'helm${found.group === undefined ? '' : ` ${found.group}`} --help' for usage.\n`,
    }
    return 1
  }
  const pending: KubectlYield[] = []
  try {
    const parsed = parseFlags(found.rest, [...command.flags, ...shared])
    const problem = argumentProblem(command, parsed.args.length)
    if (problem !== undefined) throw new HelmError(problem)
    const steps = command.run(contextOf(parsed, host, (chunk) => pending.push(chunk)))
    try {
      let step = steps.next()
      for (;;) {
        yield* pending.splice(0)
        if (step.done === true) return step.value ?? 0
        step = steps.next(yield step.value)
      }
    } finally {
      steps.return(130)
    }
  } catch (error) {
    if (error instanceof HelpWanted) {
      yield { out: commandHelp(command) }
      return 0
    }
    const message = failureText(error)
    yield* pending.splice(0)
    yield { err: `Error: ${message}${message.endsWith('\n') ? '' : '\n'}` }
    return 1
  }
}
