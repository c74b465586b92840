/** `kubectl cp`: files and folders into a container and out of it, as archives through the container's own `tar`: without one there is no copying. */
import type { ApiObject } from '../../../api/meta.ts'
import { type ArchiveEntry, readArchive, writeArchive } from '../../../script/archive.ts'
import { bytesFromText, textFromBytes } from '../../../script/bytes.ts'
import { makeDirectories, normalisePath } from '../../../script/files.ts'
import type { ExecFrame, Steps } from '../../contract.ts'
import { CommandError } from '../../errors.ts'
import { defaultContainer } from '../../pods.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'
import { connected } from '../exec/index.ts'

interface Place {
  readonly namespace: string
  readonly pod: string
  readonly path: string
}

/** `[namespace/]pod:path`, or a path of one's own (pod ''). */
function placeOf(context: VerbContext, text: string): Place {
  const colon = text.indexOf(':')
  if (colon < 0 || text.startsWith('/') || text.startsWith('.')) return { namespace: '', pod: '', path: text }
  const [first, second, ...more] = text.slice(0, colon).split('/')
  if (more.length > 0 || first === '') throw new CommandError(`filespec must match the canonical format: [[namespace/]pod:]file/path`)
  return second === undefined
    ? { namespace: context.kube.namespace, pod: first!, path: text.slice(colon + 1) }
    : { namespace: first!, pod: second, path: text.slice(colon + 1) }
}

/** A container that files go to or come from. */
interface Remote {
  readonly pod: ApiObject
  readonly container: string
}

interface Ran {
  readonly text: string
  readonly exitCode: number
}

/** Runs a command in the container; what it says on standard error is shown. */
function* ran(context: VerbContext, { pod, container }: Remote, command: readonly string[], stdin?: string): Steps<Ran> {
  const options = { container, command: [...command], stdin: stdin !== undefined, stdout: true, stderr: true, tty: false }
  const stream = connected(context, pod, 'exec', options)
  let text = ''
  let exitCode = 0
  const take = (): void => {
    for (const frame of stream.take() as readonly ExecFrame[]) {
      text += frame.stdout ?? ''
      if (frame.stderr !== undefined) context.err(frame.stderr)
      if (frame.error !== undefined) throw new CommandError(frame.error)
      exitCode = frame.exitCode ?? exitCode
    }
  }
  try {
    if (stdin !== undefined) {
      stream.send?.({ stdin })
      stream.send?.({ eof: true })
    }
    while (!stream.done) {
      take()
      if (!stream.done) yield { until: () => stream.done }
    }
    take()
  } finally {
    stream.close()
  }
  return { text, exitCode }
}

const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? ''
const folderOf = (path: string): string => {
  const at = path.lastIndexOf('/')
  return at < 0 ? '.' : path.slice(0, at) || '/'
}

function* must(context: VerbContext, remote: Remote, command: readonly string[], stdin?: string): Steps<string> {
  const { text, exitCode } = yield* ran(context, remote, command, stdin)
  if (exitCode !== 0) throw new CommandError(`command terminated with exit code ${exitCode}`, 1, true)
  return text
}

/** A local file or folder under a name, and what is below it. */
function localEntries(context: VerbContext, path: string, name: string): ArchiveEntry[] {
  const { files } = context.host
  const stat = files.stat(path)
  if (stat === undefined) return []
  const { mode, mtimeMs } = stat
  if (stat.kind === 'symlink') return [{ name, kind: 'symlink', mode, mtimeMs, target: stat.target ?? '' }]
  if (stat.kind === 'file') return [{ name, kind: 'file', mode, mtimeMs, text: files.read(path) }]
  const below = files.list(path).flatMap((child) => localEntries(context, `${path}/${child}`, `${name}/${child}`))
  return [{ name, kind: 'directory', mode, mtimeMs }, ...below]
}

/** A container that cannot even be asked has no such folder. */
function* isFolder(context: VerbContext, remote: Remote, path: string): Steps<boolean> {
  try {
    return (yield* ran(context, remote, ['test', '-d', path])).exitCode === 0
  } catch (error) {
    if (error instanceof CommandError) return false
    throw error
  }
}

function* upload(context: VerbContext, remote: Remote, from: string, to: string): Steps {
  // Into a folder that is there, beside what else it holds.
  const inside = yield* isFolder(context, remote, to)
  const target = (inside ? `${to.replace(/\/+$/, '')}/${baseOf(from)}` : to).replace(/(.)\/+$/, '$1')
  const archive = textFromBytes(writeArchive(localEntries(context, from, baseOf(target))))
  const plain = context.flags.bool('no-preserve') ? ['--no-same-permissions', '--no-same-owner'] : []
  yield* must(context, remote, ['tar', ...plain, '-xmf', '-', '-C', folderOf(target)], archive)
}

function* download(context: VerbContext, remote: Remote, from: string, to: string): Steps {
  const { files } = context.host
  const text = yield* must(context, remote, ['tar', 'cf', '-', from])
  const prefix = from.replace(/^\/+/, '').replace(/\/+$/, '')
  // A single file goes into a folder that is there.
  const entries = readArchive(bytesFromText(text))
  const single = entries.length === 1 && entries[0]!.kind === 'file' && files.stat(to)?.kind === 'directory'
  const target = single ? `${to}/${baseOf(from)}` : to
  for (const entry of entries) {
    const under = entry.name.slice(prefix.length)
    const path = normalisePath(`${target}/${under}`)
    // A name that leads out of the folder is left alone.
    if (path !== target && !path.startsWith(`${target === '/' ? '' : target}/`)) continue
    if (entry.kind === 'directory') makeDirectories(files, path)
    else if (entry.kind === 'symlink') context.err(`warning: skipping symlink: "${path}" -> "${entry.target ?? ''}"\n`)
    else {
      makeDirectories(files, folderOf(path))
      files.write(path, entry.text ?? '')
    }
  }
}

function* copy(context: VerbContext): Steps<number | undefined> {
  if (context.args.length !== 2) throw new CommandError('source and destination are required')
  const from = placeOf(context, context.args[0]!)
  const to = placeOf(context, context.args[1]!)
  if (from.pod !== '' && to.pod !== '') throw new CommandError('one of src or dest must be a local file specification')
  if (from.pod === '' && to.pod === '') throw new CommandError('one of src or dest must be a remote file specification')
  if (from.path === '' || to.path === '') throw new CommandError('filepath can not be empty')
  const { cwd, files } = context.host
  const local = normalisePath(from.pod === '' ? from.path : to.path, cwd)
  if (from.pod === '' && files.stat(local) === undefined) throw new CommandError(`${from.path} doesn't exist in local filesystem`)
  const place = from.pod === '' ? to : from
  const pod = context.kube.get(context.kube.kinds.byStoreName('pods')!, place.namespace, place.pod)
  const remote = { pod, container: context.flags.text('container') || defaultContainer(context, pod) }
  if (from.pod === '') yield* upload(context, remote, local, to.path)
  else yield* download(context, remote, from.path, local)
  return 0
}

export const cpVerb: VerbDefinition = { path: 'kubectl cp', run: copy }
