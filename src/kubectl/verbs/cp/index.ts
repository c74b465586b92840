/**
 * `kubectl cp` for single files, over exec with `cat`; folders (which need tar in the container) say that they are not simulated.
 */
import type { ApiObject } from '../../../api/meta.ts'
import { normalisePath } from '../../../script/files.ts'
import type { ExecFrame, Steps } from '../../contract.ts'
import { CommandError, usageError } from '../../errors.ts'
import { defaultContainer } from '../../pods.ts'
import type { VerbContext, VerbDefinition } from '../../verb.ts'

interface Place {
  readonly namespace: string
  readonly pod: string
  readonly path: string
}

/** `[namespace/]pod:path`, or a path of one's own (pod ''). */
function placeOf(context: VerbContext, text: string): Place {
  const colon = text.indexOf(':')
  if (colon < 0) return { namespace: '', pod: '', path: text }
  const [first, second, ...more] = text.slice(0, colon).split('/')
  if (more.length > 0 || first === '') throw new CommandError(`filespec must match the canonical format: [[namespace/]pod:]file/path`)
  return second === undefined
    ? { namespace: context.kube.namespace, pod: first!, path: text.slice(colon + 1) }
    : { namespace: first!, pod: second, path: text.slice(colon + 1) }
}

/** Runs a command in the pod and gives its standard output. */
function* output(context: VerbContext, pod: ApiObject, command: readonly string[], stdin?: string): Steps<string> {
  const pods = context.kube.kinds.byStoreName('pods')!
  const container = context.flags.text('container') || defaultContainer(context, pod)
  const options = { container, command: [...command], stdin: stdin !== undefined, stdout: true, stderr: true, tty: false }
  const { stream } = context.kube.call('create', pods, pod.metadata.namespace, pod.metadata.name, {
    subresource: 'exec',
    query: { options },
  })
  if (stream === undefined) throw new CommandError('the server gave no stream')
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
  if (exitCode !== 0) throw new CommandError(`command terminated with exit code ${exitCode}`, 1, true)
  return text
}

function* copy(context: VerbContext): Steps<number | undefined> {
  if (context.args.length !== 2) throw usageError(context.path, 'source and destination are required')
  const from = placeOf(context, context.args[0]!)
  const to = placeOf(context, context.args[1]!)
  if ((from.pod === '') === (to.pod === ''))
    throw new CommandError(
      from.pod === '' ? 'one of src or dest must be a remote file specification' : 'src and dest cannot both be remote',
    )
  const pods = context.kube.kinds.byStoreName('pods')!
  const remote = from.pod === '' ? to : from
  const pod = context.kube.get(pods, remote.namespace, remote.pod)
  const { files, cwd } = context.host
  if (from.pod === '') {
    const path = normalisePath(from.path, cwd)
    const stat = files.stat(path)
    if (stat === undefined) throw new CommandError(`${from.path} doesn't exist in local filesystem`)
    if (stat.kind === 'directory')
      throw new CommandError('copying folders is not available in this lab (containers here have no tar): copy file by file')
    const target = to.path.endsWith('/') ? `${to.path}${path.slice(path.lastIndexOf('/') + 1)}` : to.path
    yield* output(context, pod, ['sh', '-c', `cat > '${target.replaceAll("'", "'\\''")}'`], files.read(path))
    return 0
  }
  const text = yield* output(context, pod, ['cat', from.path])
  const path = normalisePath(to.path, cwd)
  files.write(files.stat(path)?.kind === 'directory' ? `${path}/${from.path.slice(from.path.lastIndexOf('/') + 1)}` : path, text)
  return 0
}

export const cpVerb: VerbDefinition = { path: 'kubectl cp', run: copy }
