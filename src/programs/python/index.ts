/**
 * Python as the runner of scripts: a file, a text after `-c`, `-m http.server`. It runs the subset of Python 3 that docs/world.md states; what is
 * beyond it ends the process, with its line in the log. Models python:3.13.
 */
import type { HttpRequest } from '../../network/contract.ts'
import type { ContainerCommand, ProcessContext } from '../contract.ts'
import { pathIn } from '../scripting/files.ts'
import { type Machine, Thrown } from '../scripting/machine.ts'
import { write } from '../scripting/output.ts'
import { type Launch, type Runtime, runBeside, type Served, scriptProgram } from '../scripting/run.ts'
import { isBuiltin, type Value } from '../scripting/values.ts'
import { MiB } from '../text/context.ts'
import { kindAt, namesIn, readText } from '../text/files.ts'
import { commonLogTime, httpDate } from '../text/times.ts'
import { isSubclass, makeError, traceback } from './errors.ts'
import { language, MAIN } from './language.ts'
import { PYTHON, signalNumber } from './modules.ts'
import { isNumber, numberOf } from './operate.ts'
import { str } from './text.ts'
import { handle } from './web.ts'

const SERVER = `SimpleHTTP/0.6 Python/${PYTHON}`
const NO_NETWORK = 'clusterlab: there is no package index on this network; images bring what they need'

/** Options without a value come before the script. */
function launch(ctx: Pick<ProcessContext, 'argv' | 'files' | 'cwd'>, argv: readonly string[] = ctx.argv): Launch {
  const said = (text: string, exitCode: number, stream: 'stdout' | 'stderr' = 'stdout'): Launch => ({
    kind: 'said',
    text,
    exitCode,
    stream,
  })
  let at = 1
  for (; at < argv.length && argv[at]!.startsWith('-') && argv[at] !== '-'; at++) {
    const option = argv[at]!
    if (option === '-V' || option === '--version' || option === '-VV') return said(`Python ${PYTHON}`, 0)
    if (option === '-c') return { kind: 'script', path: '<string>', text: argv[at + 1] ?? '' }
    if (option === '-m') return module(ctx, argv[at + 1] ?? '', argv.slice(at + 2), said)
    if (option === '-h' || option === '--help') return said('usage: python3 [option] ... [-c cmd | -m mod | file | -] [arg] ...', 0)
    if (option === '-W' || option === '-X') at++
  }
  const script = argv[at]
  if (script === undefined || script === '-') return said('', 0)
  const path = pathIn(ctx as ProcessContext, script)
  if (kindAt(ctx.files, path) === 'directory') return said(`/usr/local/bin/python3: can't find '__main__' module in '${path}'`, 1, 'stderr')
  const text = readText(ctx.files, path)
  if (text === undefined) return said(`python3: can't open file '${path}': [Errno 2] No such file or directory`, 2, 'stderr')
  return { kind: 'script', path: script, text }
}

function module(
  ctx: Pick<ProcessContext, 'files' | 'cwd'>,
  name: string,
  args: readonly string[],
  said: (text: string, code: number, stream?: 'stdout' | 'stderr') => Launch,
): Launch {
  if (name === 'pip') return said(NO_NETWORK, 1, 'stderr')
  if (name !== 'http.server') {
    const text = readText(ctx.files, pathIn(ctx as ProcessContext, `${name.replaceAll('.', '/')}.py`))
    if (text !== undefined) return { kind: 'script', path: pathIn(ctx as ProcessContext, `${name}.py`), text }
    return said(`/usr/local/bin/python3: No module named ${name}`, 1, 'stderr')
  }
  let [port, directory] = [8000, ctx.cwd ?? '/']
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (arg === '--directory' || arg === '-d') directory = pathIn(ctx as ProcessContext, args[++i] ?? '')
    else if (arg.startsWith('--directory=')) directory = pathIn(ctx as ProcessContext, arg.slice(12))
    else if (arg === '--bind' || arg === '-b' || arg === '--protocol') i++
    else if (/^\d+$/.test(arg)) port = Number(arg)
  }
  return { kind: 'files', port, directory, greeting: `Serving HTTP on 0.0.0.0 port ${port} (http://0.0.0.0:${port}/) ...` }
}

const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html',
  txt: 'text/plain',
  css: 'text/css',
  js: 'text/javascript',
  json: 'application/json',
  png: 'image/png',
  md: 'text/markdown',
}

const typeOf = (path: string): string => {
  const end = path.slice(path.lastIndexOf('.') + 1)
  return (Object.hasOwn(TYPES, end) ? TYPES[end] : undefined) ?? 'application/octet-stream'
}

function file(ctx: ProcessContext, directory: string, request: HttpRequest, sourceIp: string): { served: Served; line: string } {
  const path = request.path.split('?')[0]!
  const full = `${directory}${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1')
  const headers = { server: SERVER, date: httpDate(ctx.nowMs) }
  const at = (status: number, type: string, body: string, more: Record<string, string> = {}): Served => ({
    status,
    headers: { ...headers, 'content-type': type, 'content-length': String(Buffer.byteLength(body)), ...more },
    body,
  })
  const refused = (status: number, message: string): Served =>
    at(
      status,
      'text/html;charset=utf-8',
      `<!DOCTYPE HTML>\n<html lang="en">\n    <body>\n        <h1>Error response</h1>\n        <p>Error code: ${status}</p>\n        <p>Message: ${message}.</p>\n    </body>\n</html>\n`,
    )
  const answer = (): Served => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return refused(501, `Unsupported method ('${request.method}')`)
    const kind = kindAt(ctx.files, full)
    if (kind === 'directory') {
      if (!path.endsWith('/')) return at(301, 'text/html', '', { location: `${path}/` })
      const index = readText(ctx.files, `${full}/index.html`.replace('//', '/'))
      if (index !== undefined) return at(200, 'text/html', index)
      const names = namesIn(ctx.files, full).map((n) => (kindAt(ctx.files, `${full}/${n}`) === 'directory' ? `${n}/` : n))
      return at(
        200,
        'text/html; charset=utf-8',
        `<!DOCTYPE HTML>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Directory listing for ${path}</title>\n</head>\n<body>\n<h1>Directory listing for ${path}</h1>\n<hr>\n<ul>\n${names.map((n) => `<li><a href="${n}">${n}</a></li>\n`).join('')}</ul>\n<hr>\n</body>\n</html>\n`,
      )
    }
    const text = readText(ctx.files, full)
    return text === undefined ? refused(404, 'File not found') : at(200, typeOf(full), text)
  }
  const served = answer()
  const time = commonLogTime(ctx.nowMs).replace(' +0000', '').replace(':', ' ')
  return {
    served,
    line: `${served.status >= 400 ? `${sourceIp} - - [${time}] code ${served.status}, message ${served.status === 404 ? 'File not found' : 'Unsupported method'}\n` : ''}${sourceIp} - - [${time}] "${request.method} ${request.path} HTTP/1.1" ${served.status} -`,
  }
}

function uncaught(m: Machine, error: Value): { code: number; text: string } {
  const thing = m.is(error, 'obj')
  if (thing !== undefined && isSubclass(m, thing.cls, { b: 'exc:SystemExit' })) {
    const [code] = m.listed(thing.attrs['args'] ?? null)
    if (code === undefined || code === null) return { code: 0, text: '' }
    if (isNumber(code)) return { code: numberOf(code) & 255, text: '' }
    return { code: 1, text: `${str(m, code)}\n` }
  }
  const interrupted = thing !== undefined && isBuiltin(thing.cls) && thing.cls.b === 'exc:KeyboardInterrupt'
  return { code: interrupted ? 130 : 1, text: traceback(m, error) }
}

const runtime: Runtime = {
  language,
  name: 'python',
  executables: ['python', 'python3', `python${PYTHON.split('.').slice(0, 2).join('.')}`],
  baseBytes: 9 * MiB,
  commands: [],
  launch: (ctx) => launch(ctx),
  syntaxError(path, text, error) {
    const line = text.split('\n')[error.line - 1]?.trim() ?? ''
    const kind = /indent/.test(error.message) ? 'IndentationError' : 'SyntaxError'
    return `  File "${path}", line ${error.line}\n    ${line}\n    ${'^'.repeat(Math.max(1, line.length))}\n${kind}: ${error.message}\n`
  },
  uncaught,
  alive: (m) => m.threads.some((t) => !t.daemon),
  // Only a thread in serve_forever accepts; the others' connections wait.
  listening: (m) => m.threads.some((t) => t.wait?.k === 'forever'),
  serve(m, server, request, sourceIp) {
    try {
      const { status, headers, body } = handle(m, server.handler, request, sourceIp)
      if (status === 0) return 'reset'
      return { status, headers: { server: `BaseHTTP/0.6 Python/${PYTHON}`, date: httpDate(m.nowMs), ...headers }, body }
    } catch (error) {
      if (!(error instanceof Thrown)) throw error
      const rule = '-'.repeat(40)
      write(
        m,
        'stderr',
        `${rule}\nException occurred during processing of request from ('${sourceIp}', 40000)\n${traceback(m, error.value)}${rule}\n`,
        0,
      )
      return 'reset'
    }
  },
  signal(m, signal) {
    const main = m.threads.find((t) => t.id === MAIN)
    const handler = m.signals[signal]
    if (main === undefined) return
    if (handler !== undefined) {
      if (!(isBuiltin(handler) && handler.b === 'signal.SIG_IGN')) m.interrupt(main, handler, [signalNumber(signal), null])
    } else if (signal === 'INT') m.raiseIn(main, makeError(m, 'KeyboardInterrupt', []))
    // Process 1 without a handler is immune to the rest.
  },
  file,
  settled: () => {},
  ending: () => {},
}

const beside: ContainerCommand = {
  executables: runtime.executables,
  spawns: true,
  run: ({ argv, stdin, ctx }) => {
    const started = launch({ ...ctx, argv, files: ctx.files, ...(ctx.cwd !== undefined && { cwd: ctx.cwd }) }, argv)
    // Without a script it reads one from its input.
    const script: Launch =
      started.kind === 'said' && started.text === '' && started.exitCode === 0
        ? { kind: 'script', path: '<stdin>', text: stdin() }
        : started
    return runBeside(runtime, script, ctx)
  },
}
const pip: ContainerCommand = {
  executables: ['pip', 'pip3'],
  run: ({ argv }) =>
    argv[1] === '--version'
      ? { exitCode: 0, stdout: 'pip 25.2 from /usr/local/lib/python3.13/site-packages/pip (python 3.13)\n' }
      : { exitCode: 1, stderr: `${NO_NETWORK}\n` },
}

export const python = scriptProgram({ ...runtime, commands: [beside, pip] })
