/**
 * `kubectl cp`: files and folders into a container and out of it. The real one sends archives through `tar`; here each file goes through `cat`,
 * so that what the container needs is a shell.
 */
import type { ApiObject } from '../../../api/meta.ts'
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

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`
const baseOf = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) ?? ''

function* must(context: VerbContext, remote: Remote, command: readonly string[], stdin?: string): Steps<string> {
  const { text, exitCode } = yield* ran(context, remote, command, stdin)
  if (exitCode !== 0) throw new CommandError(`command terminated with exit code ${exitCode}`, 1, true)
  return text
}

/** Local files under a path, relative to it; '' is the path itself. */
function localFiles(context: VerbContext, path: string, under = ''): string[] {
  const { files } = context.host
  const full = under === '' ? path : `${path}/${under}`
  if (files.stat(full)?.kind !== 'directory') return [under]
  return files.list(full).flatMap((name) => localFiles(context, path, under === '' ? name : `${under}/${name}`))
}

function* upload(context: VerbContext, remote: Remote, from: string, shown: string, to: string): Steps {
  const { files } = context.host
  const stat = files.stat(from)
  if (stat === undefined) throw new CommandError(`${shown} doesn't exist in local filesystem`)
  // Into a folder that is there, beside what else it holds.
  const inside = to.endsWith('/') || (yield* ran(context, remote, ['sh', '-c', `test -d ${quoted(to)}`])).exitCode === 0
  const target = inside ? `${to.replace(/\/+$/, '')}/${baseOf(from)}` : to
  if (stat.kind === 'directory') yield* must(context, remote, ['sh', '-c', `mkdir -p ${quoted(target)}`])
  for (const name of localFiles(context, from)) {
    const path = name === '' ? target : `${target}/${name}`
    const folder = path.slice(0, path.lastIndexOf('/'))
    const make = name.includes('/') ? `mkdir -p ${quoted(folder)} && ` : ''
    yield* must(context, remote, ['sh', '-c', `${make}cat > ${quoted(path)}`], files.read(name === '' ? from : `${from}/${name}`))
  }
}

function* download(context: VerbContext, remote: Remote, from: string, to: string): Steps {
  const { files } = context.host
  const source = from.replace(/(.)\/+$/, '$1')
  const isFolder = (yield* ran(context, remote, ['sh', '-c', `test -d ${quoted(source)}`])).exitCode === 0
  if (!isFolder) {
    const text = yield* must(context, remote, ['cat', source])
    const path = files.stat(to)?.kind === 'directory' ? `${to}/${baseOf(source)}` : to
    makeDirectories(files, path.slice(0, path.lastIndexOf('/')) || '/')
    files.write(path, text)
    return
  }
  const list = yield* must(context, remote, ['sh', '-c', `cd ${quoted(source)} && find . -type f`])
  makeDirectories(files, to)
  for (const name of list.split('\n').flatMap((line) => (line === '' ? [] : [line.replace(/^\.\//, '')]))) {
    const text = yield* must(context, remote, ['cat', `${source}/${name}`])
    const path = normalisePath(`${to}/${name}`)
    // A name that leads out of the folder is left alone, as the real one does.
    if (!path.startsWith(`${to === '/' ? '' : to}/`)) continue
    makeDirectories(files, path.slice(0, path.lastIndexOf('/')) || '/')
    files.write(path, text)
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
  if (from.pod === '') yield* upload(context, remote, local, from.path, to.path)
  else yield* download(context, remote, from.path, local)
  return 0
}

export const cpVerb: VerbDefinition = { path: 'kubectl cp', run: copy }
