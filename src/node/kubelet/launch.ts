/** Starts one container: environment, command, files, and the process itself. What goes wrong is told as the runtime tells it. */
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Image, Program } from '../../programs/contract.ts'
import type { FileView } from '../../script/files.ts'
import { isExecutable } from '../../script/tools/index.ts'
import type { ContainerRun, PodRun } from '../records.ts'
import { specHash } from './actions.ts'
import { buildEnv, type EnvFacts, expandReferences } from './env.ts'
import type { KubeletHands } from './hands.ts'
import { verifyNonRoot } from './identity.ts'
import { imageTree } from './image-tree.ts'
import { canonicalReference, imageOf, isPresent } from './images.ts'

export const envFacts = (hands: KubeletHands, run: PodRun): EnvFacts => ({
  pod: run.pod,
  podIp: run.ip,
  nodeIp: hands.node.ip,
  allocatable: hands.node.allocatable,
  random: hands.cluster.random,
})

const SHELLS = new Set(['sh', 'bash', 'ash', 'dash'])
const basename = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

export function imageHasShell(image: Image, executable: string): boolean {
  const name = basename(executable)
  if (!SHELLS.has(name) || image.base === 'scratch') return false
  return name === 'sh' || (image.base === 'debian' ? name !== 'ash' : name === 'ash')
}

export type Launch =
  | { readonly ok: true; readonly state: ContainerRun; readonly simulated: boolean }
  | { readonly ok: false; readonly state: ContainerRun; readonly message: string }

const startFailure = (executable: string): string => {
  const what = executable.includes('/') ? `stat ${executable}: no such file or directory` : 'executable file not found in $PATH'
  return `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "${executable}": ${what}`
}

/** Makes and starts the container. Throws ConfigError when its configuration cannot be built. The record is written before the process runs. */
export function launch(hands: KubeletHands, run: PodRun, container: Container, keep: (state: ContainerRun) => void): Launch {
  const nowMs = hands.cluster.clock.nowMs
  const previous = run.containers[container.name]
  const reference = container.image ?? ''
  const image = imageOf(hands, reference)!
  verifyNonRoot(run.pod, container, image)
  const env = buildEnv(container, envFacts(hands, run), imageEnvOf(image, run), hands.cluster.read)
  const restarts = previous === undefined || previous.id === '' ? 0 : previous.restarts + 1
  const id = sha256(`${hands.cluster.random.seed}/${run.uid}/${container.name}/${restarts}/${nowMs}`)
  const command = commandOf(container, image, env)
  const base = {
    name: container.name,
    id,
    restarts,
    image: canonicalReference(reference),
    imageId: isPresent(hands, reference)?.imageId ?? '',
    specHash: specHash(container),
    ...pinnedOf(run, container),
    ...(previous?.exit && { last: previous.exit }),
  }
  const { program, argv } = resolveCommand(hands, image, command)
  if (program === undefined) {
    const message = startFailure(argv[0] ?? '')
    const exit = { containerId: id, exitCode: 128, reason: 'StartError', message, startedMs: 0, finishedMs: nowMs }
    return { ok: false, state: { ...base, phase: 'exited', startedMs: 0, exit }, message }
  }
  const state: ContainerRun = { ...base, phase: 'running', startedMs: nowMs }
  hands.storage.seed({ kind: 'layer', containerId: id }, imageTree(image))
  makeSubPaths(hands, run, container, env)
  keep(state)
  const cwd = container.workingDir || image.workingDir || '/'
  hands.processes.start(
    id,
    {
      argv,
      env,
      cwd,
      node: hands.node.name,
      podUid: run.uid,
      containerId: id,
      containerName: container.name,
      ...(container.stdin && { stdin: true }),
      ...(container.tty && { tty: true }),
    },
    program,
  )
  return { ok: true, state, simulated: program === 'sh' || program.simulated !== false }
}

/** The directories that subPath mounts name are made where they are missing, before the container is. */
function makeSubPaths(hands: KubeletHands, run: PodRun, container: Container, env: Readonly<Record<string, string>>): void {
  for (const mount of container.volumeMounts ?? []) {
    const backing = run.volumes[mount.name]?.backing
    const path = mount.subPath || (mount.subPathExpr && expandReferences(mount.subPathExpr, env))
    if (!path || backing === undefined || !hands.storage.reach(backing, hands.node.name).ok) continue
    const files = hands.storage.open(backing)
    if (files.stat(`/${path}`) === undefined) makeSubPath(files, path)
  }
}

/** Each directory of it may be used as the volume's root may. */
function makeSubPath(files: FileView, path: string): void {
  const mode = files.stat('/')?.mode ?? 0o755
  let at = ''
  for (const part of path.split('/').filter((p) => p !== '')) {
    at += `/${part}`
    if (files.stat(at) !== undefined) continue
    files.mkdir(at)
    if (mode !== 0o755) files.chmod(at, mode)
  }
}

/** What subPath mounts of API volumes show stays as it was when the container was made. */
function pinnedOf(run: PodRun, container: Container): Pick<ContainerRun, 'pinned'> {
  const pinned: Record<string, readonly unknown[]> = {}
  for (const mount of container.volumeMounts ?? []) {
    const objects = run.volumes[mount.name]?.objects
    if ((mount.subPath || mount.subPathExpr) && objects !== undefined) pinned[mount.name] = objects
  }
  return Object.keys(pinned).length > 0 ? { pinned } : {}
}

/** What runs a command: a shell, a program of the image, or the shell on behalf of a small tool of the image's base. */
function resolveCommand(
  hands: KubeletHands,
  image: Image,
  command: readonly string[],
): { program: Program | 'sh' | undefined; argv: readonly string[] } {
  const name = command[0]
  if (name === undefined) return { program: undefined, argv: command }
  if (imageHasShell(image, name)) return { program: 'sh', argv: command }
  const program = hands.catalog.program(image, name)
  if (program !== undefined) return { program, argv: command }
  const tool = basename(name)
  const isTool =
    image.base !== 'scratch' && (isExecutable(tool) || hands.hasMachineTool(image, tool) || hands.catalog.tool(image, tool) !== undefined)
  return isTool ? { program: 'sh', argv: ['sh', '-c', '"$@"', 'sh', ...command] } : { program: undefined, argv: command }
}

const imageEnvOf = (image: Image, run: PodRun): Record<string, string> => ({
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  HOSTNAME: hostnameOf(run.pod),
  ...image.env,
})

/** A pod's host name: spec.hostname or its own name, at most 63 characters. */
export const hostnameOf = (pod: Pod): string => (pod.spec?.hostname || pod.metadata.name).slice(0, 63)

/** Entrypoint and arguments as the runtime combines image and spec. */
function commandOf(container: Container, image: Image, env: Readonly<Record<string, string>>): string[] {
  const command = container.command?.map((c) => expandReferences(c, env))
  const args = container.args?.map((a) => expandReferences(a, env))
  if (command && command.length > 0) return [...command, ...(args ?? [])]
  return [...image.entrypoint, ...(args && args.length > 0 ? args : image.cmd)]
}
