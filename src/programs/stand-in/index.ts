/**
 * The one program that stands in for every image of the `bare` preset, as on the cluster the conformance sessions were recorded on:
 * it sleeps, answers HTTP on its declared ports, is OOM-killed when told to, and otherwise runs until it is stopped.
 */
import { sha256 } from '../../lib/hash.ts'
import type { HttpReply, HttpRequest } from '../../network/contract.ts'
import { isExecutable } from '../../script/tools/index.ts'
import type { Catalog, Image, ProcessContext, Program } from '../contract.ts'
import { notAReference } from '../images/messages.ts'
import { canonical, parseReference } from '../images/reference.ts'

const OWN = new Set(['sleep', 'true', 'false'])
const PULL_MS = 301
const SIZE_BYTES = 12_345_678

interface State {
  readonly kind: 'serve' | 'sleep'
}

const seconds = (text: string | undefined): number => {
  const m = /^([0-9.]+)([smhd]?)$/.exec(text ?? '')
  return m ? Number(m[1]) * ({ '': 1, s: 1, m: 60, h: 3600, d: 86_400 }[m[2] as ''] ?? 1) : Number.POSITIVE_INFINITY
}

function start(ctx: ProcessContext): State {
  const oom = /^after:(\d+)/.exec(ctx.env['OOM'] ?? '')
  if (oom) ctx.timer('oom', Number(oom[1]) * 1000)
  const name = ctx.argv[0]?.split('/').at(-1)
  if (name === 'true' || name === 'false') {
    ctx.exit(name === 'true' ? 0 : 1)
    return { kind: 'sleep' }
  }
  if (name === 'sleep') {
    const s = seconds(ctx.argv[1])
    if (Number.isFinite(s)) ctx.timer('done', s * 1000)
    return { kind: 'sleep' }
  }
  const delay = Number(ctx.env['LISTEN_DELAY'] ?? 0)
  if (delay > 0) ctx.timer('listen', delay * 1000)
  else for (const port of ctx.declaredPorts) ctx.listen(port)
  return { kind: 'serve' }
}

function reply(request: HttpRequest): HttpReply {
  const path = request.path.split('?')[0]
  const status = path === '/fail' ? 500 : path === '/unready' ? 503 : 200
  return { status, headers: { 'content-type': 'text/plain' }, body: status === 200 ? 'ok\n' : 'error\n' }
}

export const standIn: Program<State> = {
  name: 'stand-in',
  executables: [],
  start,
  on(state, event, ctx) {
    switch (event.type) {
      case 'signal':
        if (event.signal === 'TERM' || event.signal === 'INT' || event.signal === 'QUIT') ctx.exit(0)
        return state
      case 'timer':
        if (event.id === 'done') ctx.exit(0)
        else if (event.id === 'listen') for (const port of ctx.declaredPorts) ctx.listen(port)
        // More than any machine has: the kernel ends it, whatever its limit.
        else if (event.id === 'oom') ctx.memory(Number.MAX_SAFE_INTEGER)
        return state
      case 'request':
        if (event.protocol === 'http') ctx.reply(reply(event.payload as HttpRequest))
        else if (event.protocol === 'grpc-health') ctx.reply({ status: 'SERVING' })
        else ctx.reply(null)
        return state
      default:
        return state
    }
  },
}

const image: Image = {
  repositories: [],
  entrypoint: ['/entrypoint'],
  cmd: [],
  env: {},
  sizeBytes: SIZE_BYTES,
  base: 'busybox',
  executables: [],
}

export const standInCatalog: Catalog = {
  signalsOfInit: 'default',
  pull(text) {
    const reference = parseReference(text)
    if (reference === undefined) return { ok: false, pullMs: 0, badName: true, message: notAReference(text) }
    const name = canonical(reference)
    if (text.includes('no-such') || reference.tag === 'does-not-exist') {
      return {
        ok: false,
        pullMs: PULL_MS,
        message: `rpc error: code = NotFound desc = failed to pull and unpack image "${name}": failed to resolve reference "${name}": ${name}: not found`,
      }
    }
    return {
      ok: true,
      image,
      imageId: `${reference.registry}/${reference.repository}@sha256:${sha256(name)}`,
      sizeBytes: SIZE_BYTES,
      pullMs: PULL_MS,
    }
  },
  image: (text) => (parseReference(text) === undefined ? undefined : image),
  // Small tools are the shell's; what the stand-in does itself comes first.
  program: (_image, executable) =>
    executable.includes('no-such') || (!OWN.has(executable) && isExecutable(executable)) ? undefined : standIn,
  command: () => undefined,
  programNamed: () => standIn,
  tool: () => undefined,
}
