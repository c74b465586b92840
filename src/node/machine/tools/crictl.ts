/** crictl 1.36 against containerd: ps, pods, images, logs, inspect, stop, rmi; what acts is in crictl-act.ts. */
import { formatTime } from '../../../api/rfc3339.ts'
import type { ToolContext, ToolResult } from '../../../script/contract.ts'
import { containersOf, type ListedContainer, pidOf, podRuns, sandboxId } from '../../containers-of.ts'
import { canonicalReference, imagesOf, type KeptImage, removeImage } from '../../kubelet/images.ts'
import { columns, failed, type Machine, type MachineTool, said } from '../contract.ts'
import { clock, imageIdText, sinceText, sizeText, splitReference } from '../words.ts'
import { exec, pull, stats } from './crictl-act.ts'
import { remove, removePod, stopPod } from './crictl-end.ts'

interface Options {
  readonly flags: ReadonlyMap<string, string>
  readonly words: readonly string[]
}

const VALUED = new Set([
  '--name',
  '--state',
  '-s',
  '--pod',
  '-p',
  '--tail',
  '--image',
  '--namespace',
  '-o',
  '--output',
  '-t',
  '--timeout',
  '--since',
  '-n',
  '--last',
  '-l',
  '--label',
])

function parse(words: readonly string[], valued: ReadonlySet<string>): Options {
  const flags = new Map<string, string>()
  const rest: string[] = []
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!
    const equals = word.indexOf('=')
    if (!word.startsWith('-')) rest.push(word)
    else if (equals > 0) flags.set(word.slice(0, equals), word.slice(equals + 1))
    else if (valued.has(word)) flags.set(word, words[++i] ?? '')
    else if (/^-[a-z]{2,}$/.test(word)) for (const letter of word.slice(1)) flags.set(`-${letter}`, '')
    else flags.set(word, '')
  }
  return { flags, words: rest }
}

const has = ({ flags }: Options, ...names: readonly string[]): boolean => names.some((n) => flags.has(n))
const value = ({ flags }: Options, ...names: readonly string[]): string | undefined =>
  names.map((n) => flags.get(n)).find((v) => v !== undefined)

const short = (id: string, options: Options): string => (has(options, '--no-trunc') ? id : id.slice(0, 13))
const stateWord = (c: ListedContainer): string => (c.running ? 'Running' : 'Exited')

function ps(machine: Machine, options: Options): ToolResult {
  const now = machine.hands.cluster.clock.nowMs
  const name = value(options, '--name')
  const state = value(options, '--state', '-s')?.toLowerCase()
  const pod = value(options, '--pod', '-p')
  const list = containersOf(machine).filter(
    (c) =>
      (has(options, '-a', '--all') || state !== undefined || c.running) &&
      (name === undefined || c.state.name.includes(name)) &&
      (state === undefined || stateWord(c).toLowerCase() === state) &&
      (pod === undefined || sandboxId(c.run).startsWith(pod)),
  )
  if (has(options, '-q', '--quiet')) return said(list.map((c) => c.id).join('\n'))
  const rows = list.map((c) => {
    const { metadata } = c.run.pod
    const sandbox = short(sandboxId(c.run), options)
    return [
      short(c.id, options),
      short(imageIdText(c.state.imageId), options),
      sinceText(now - c.startedMs),
      stateWord(c),
      c.state.name,
      String(c.attempt),
      sandbox,
      metadata.name,
      metadata.namespace ?? '',
    ]
  })
  return said(columns([['CONTAINER', 'IMAGE', 'CREATED', 'STATE', 'NAME', 'ATTEMPT', 'POD ID', 'POD', 'NAMESPACE'], ...rows], 20))
}

function pods(machine: Machine, options: Options): ToolResult {
  const now = machine.hands.cluster.clock.nowMs
  const name = value(options, '--name')
  const namespace = value(options, '--namespace')
  const list = podRuns(machine).filter(
    (r) =>
      r.sandboxMs > 0 &&
      (name === undefined || r.pod.metadata.name.includes(name)) &&
      (namespace === undefined || r.pod.metadata.namespace === namespace),
  )
  if (has(options, '-q', '--quiet')) return said(list.map(sandboxId).join('\n'))
  const ready = (uid: string): string => (machine.hands.processes.ofPod(uid).length > 0 ? 'Ready' : 'NotReady')
  const rows = list.map((r) => [
    short(sandboxId(r), options),
    sinceText(now - r.sandboxMs),
    ready(r.uid),
    r.pod.metadata.name,
    r.pod.metadata.namespace ?? '',
    '0',
    '(default)',
  ])
  return said(columns([['POD ID', 'CREATED', 'STATE', 'NAME', 'NAMESPACE', 'ATTEMPT', 'RUNTIME'], ...rows], 20))
}

function images({ hands }: Machine, options: Options): ToolResult {
  const list = [...imagesOf(hands)].sort((a, b) => (a.reference < b.reference ? -1 : 1))
  if (has(options, '-q', '--quiet')) return said(list.map((i) => `sha256:${imageIdText(i.imageId)}`).join('\n'))
  const rows = list.map((i) => {
    const { name, tag } = splitReference(i.reference)
    return [name, tag, short(imageIdText(i.imageId), options), sizeText(i.sizeBytes)]
  })
  return said(columns([['IMAGE', 'TAG', 'IMAGE ID', 'SIZE'], ...rows], 20))
}

const missing = (what: string, id: string): ToolResult =>
  failed(
    `FATA[0000] ${what} of container "${id}" failed: rpc error: code = NotFound desc = an error occurred when try to find container "${id}": not found`,
  )

const find = (machine: Machine, id: string): ListedContainer | undefined =>
  id === '' ? undefined : containersOf(machine).find((c) => c.id.startsWith(id))

function logs(machine: Machine, options: Options): ToolResult {
  const [id = ''] = options.words
  if (has(options, '-f', '--follow'))
    return failed('crictl: following a log is not simulated here; use kubectl logs -f, or crictl logs again')
  const container = find(machine, id)
  if (container === undefined) return missing('getting status', id)
  const tail = value(options, '--tail')
  const all = machine.hands.logs.lines(container.id)
  const lines = tail === undefined ? all : Number(tail) === 0 ? [] : all.slice(-Number(tail))
  const text = (stream: string): string =>
    lines
      .filter((l) => l.stream === stream)
      .map((l) => `${has(options, '--timestamps') ? `${clock(l.ms)} ` : ''}${l.text}${l.partial ? '' : '\n'}`)
      .join('')
  return { exitCode: 0, stdout: text('stdout'), stderr: text('stderr') }
}

function inspect(machine: Machine, options: Options): ToolResult {
  const [id = ''] = options.words
  const c = find(machine, id)
  if (c === undefined) return missing('getting the status', id)
  const { metadata } = c.run.pod
  const labels = {
    'io.kubernetes.container.name': c.state.name,
    'io.kubernetes.pod.name': metadata.name,
    'io.kubernetes.pod.namespace': metadata.namespace,
    'io.kubernetes.pod.uid': c.run.uid,
  }
  const status = {
    createdAt: formatTime(c.startedMs),
    exitCode: c.exit?.exitCode ?? 0,
    ...(c.exit && { finishedAt: formatTime(c.exit.finishedMs) }),
    id: c.id,
    image: { image: c.state.image },
    imageRef: c.state.imageId,
    labels,
    logPath: `/var/log/pods/${metadata.namespace}_${metadata.name}_${c.run.uid}/${c.state.name}/${c.attempt}.log`,
    metadata: { attempt: c.attempt, name: c.state.name },
    reason: c.exit?.reason ?? '',
    startedAt: formatTime(c.startedMs),
    state: c.running ? 'CONTAINER_RUNNING' : 'CONTAINER_EXITED',
  }
  const process = machine.hands.processes.get(c.id)
  const info = {
    pid: c.running ? pidOf(machine, c.id) : 0,
    sandboxID: sandboxId(c.run),
    ...(process && {
      runtimeSpec: { process: { args: process.argv, cwd: process.cwd, env: Object.entries(process.env).map(([k, v]) => `${k}=${v}`) } },
    }),
  }
  return said(JSON.stringify({ info, status }, null, 2))
}

/** A pod's sandbox. */
function inspectPod(machine: Machine, options: Options): ToolResult {
  const [id = ''] = options.words
  const run = id === '' ? undefined : podRuns(machine).find((r) => r.sandboxMs > 0 && sandboxId(r).startsWith(id))
  if (run === undefined)
    return failed(
      `FATA[0000] getting the status of pod sandbox "${id}" failed: rpc error: code = NotFound desc = an error occurred when try to find sandbox: not found`,
    )
  const { name, namespace, uid, labels, annotations } = run.pod.metadata
  const status = {
    annotations: annotations ?? {},
    createdAt: formatTime(run.sandboxMs),
    id: sandboxId(run),
    labels: { ...labels, 'io.kubernetes.pod.name': name, 'io.kubernetes.pod.namespace': namespace, 'io.kubernetes.pod.uid': uid },
    metadata: { attempt: 0, name, namespace, uid },
    network: { additionalIps: [], ip: run.hostNetwork ? '' : run.ip },
    state: machine.hands.processes.ofPod(run.uid).length > 0 ? 'SANDBOX_READY' : 'SANDBOX_NOTREADY',
  }
  return said(JSON.stringify({ status }, null, 2))
}

/** Behind the kubelet's back: it sees a container that ended and acts by the restart policy. */
function stop(machine: Machine, options: Options): ToolResult {
  if (options.words.length === 0) return failed('ERRO[0000] ID cannot be empty')
  for (const id of options.words) {
    const container = find(machine, id)
    if (container === undefined) return missing('stopping', id)
    // Without --timeout the runtime does not wait: the signal is SIGKILL.
    if (container.running) machine.hands.processes.kill(container.id, 137, { signal: 9 })
  }
  return said(options.words.join('\n'))
}

const named = (image: KeptImage, word: string): boolean => {
  const { name, tag } = splitReference(image.reference)
  return (
    image.reference === word ||
    `${name}:${tag}` === word ||
    (word.length >= 4 && imageIdText(image.imageId).startsWith(word.replace(/^sha256:/, '')))
  )
}

function rmi(machine: Machine, options: Options): ToolResult {
  const { hands } = machine
  const used = new Set(
    containersOf(machine)
      .filter((c) => c.running)
      .map((c) => c.state.image),
  )
  const all = has(options, '-a', '--all')
  const prune = has(options, '--prune')
  const wanted = imagesOf(hands).filter((i) =>
    all || prune ? !prune || !used.has(canonicalReference(i.reference)) : options.words.some((w) => named(i, w)),
  )
  if (!all && !prune && options.words.length === 0) return failed('ERRO[0000] Image ID or name cannot be empty')
  if (!all && !prune && wanted.length === 0) return failed(`ERRO[0000] no such image ${options.words[0]}`)
  for (const image of wanted) removeImage(hands, image.reference)
  return said(wanted.map((i) => `Deleted: ${splitReference(i.reference).name}:${splitReference(i.reference).tag}`).join('\n'))
}

/** Verbs that read their own words. */
const ACTS: Readonly<Record<string, (machine: Machine, words: readonly string[]) => ToolResult>> = {
  exec,
  stats,
  pull,
  rm: remove,
  stopp: stopPod,
  rmp: removePod,
}

const VERBS: Readonly<Record<string, (machine: Machine, options: Options) => ToolResult>> = {
  ps,
  pods,
  images,
  img: images,
  image: images,
  logs,
  inspect,
  inspectp: inspectPod,
  stop,
  rmi,
}

export const crictl: MachineTool = {
  names: ['crictl'],
  run: (machine, ctx: ToolContext) => {
    const [, verb = '', ...rest] = ctx.argv
    const list = Object.hasOwn(VERBS, verb) ? VERBS[verb] : undefined
    const act = Object.hasOwn(ACTS, verb) ? ACTS[verb] : undefined
    if (list === undefined && act === undefined)
      return failed(`crictl ${verb}: not simulated; there are ${[...Object.keys(VERBS), ...Object.keys(ACTS)].join(', ')}`)
    if (machine.power().runtimeStopped)
      return failed(
        'FATA[0000] validate service connection: validate CRI v1 runtime API for endpoint "unix:///run/containerd/containerd.sock": rpc error: code = Unavailable desc = connection error: desc = "transport: Error while dialing: dial unix /run/containerd/containerd.sock: connect: connection refused"',
      )
    return act ? act(machine, rest) : list!(machine, parse(rest, VALUED))
  },
}
