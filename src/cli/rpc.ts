/** `clusterlab rpc`: JSON-RPC 2.0 over standard input and output, one message a line; one process, many sessions one after another. */
import { createInterface } from 'node:readline'
import { isRecord } from '../api/walk.ts'
import { type Fault, FaultError } from '../cluster/faults/index.ts'
import { isPreset, PRESETS } from '../cluster/presets.ts'
import { checkSchema } from '../grading/checks/index.ts'
import { freeDesk } from '../grading/desk/index.ts'
import type { Judge } from '../grading/judge.ts'
import { checkResults } from '../grading/result.ts'
import { openJudged } from '../grading/run.ts'
import { loadLevel } from '../levels/loader/level.ts'
import { LevelError } from '../levels/loader/problems.ts'
import { FileError } from '../script/files.ts'
import { formatJournal } from '../session/journal.ts'
import { Session } from '../session/session.ts'
import { promptCommands } from '../shell/commands.ts'
import { findLevel } from './level-folder.ts'

interface Request {
  readonly jsonrpc?: string
  readonly id?: number | string | null
  readonly method?: string
  readonly params?: Record<string, unknown>
}

class RpcError extends Error {
  constructor(
    readonly code: number,
    message: string,
  ) {
    super(message)
  }
}

const INVALID = -32602
/** A session waits at most so long at once: a year. */
const MOST_SECONDS = 366 * 86_400

const text = (params: Record<string, unknown>, name: string): string => {
  const value = params[name]
  if (typeof value !== 'string') throw new RpcError(INVALID, `${name}: a string is needed`)
  return value
}

function seconds(params: Record<string, unknown>): number {
  const value = params['seconds']
  if (typeof value !== 'number' || !(value >= 0 && value <= MOST_SECONDS))
    throw new RpcError(INVALID, `seconds: a number from 0 to ${MOST_SECONDS} is needed`)
  return value
}

/** What a caller did wrong is theirs to know; anything else is a bug of ours. */
const isTheirs = (error: unknown): error is Error =>
  error instanceof FaultError || error instanceof FileError || error instanceof LevelError

class RpcServer {
  #session: Session | undefined

  #current(): Session {
    if (this.#session === undefined) throw new RpcError(-32000, 'no session: call session.start first')
    return this.#session
  }

  #judge: Judge | undefined

  #start(params: Record<string, unknown>): unknown {
    const namespace = typeof params['namespace'] === 'string' ? params['namespace'] : undefined
    const seed = String(params['seed'] ?? '0')
    this.#judge = undefined
    if (typeof params['level'] === 'string') {
      const found = findLevel(params['level'])
      if (found === undefined) throw new RpcError(INVALID, `level: there is no level "${params['level']}"`)
      const opened = openJudged(loadLevel(found.name, found.files, { checks: checkSchema, seed }), 'en')
      this.#session = opened.session
      this.#judge = opened.judge
      return {}
    }
    const preset = params['cluster'] ?? 'default'
    if (!isPreset(preset)) throw new RpcError(INVALID, `cluster: one of ${PRESETS.join(', ')} is needed`)
    const session = new Session({ world: { preset, seed }, ...(namespace !== undefined && { namespace }) })
    session.useCommands(promptCommands(freeDesk(session, 'en')))
    this.#session = session
    return {}
  }

  call(method: string, params: Record<string, unknown>): unknown {
    switch (method) {
      case 'session.start':
        return this.#start(params)
      case 'session.write':
        this.#current().write(text(params, 'path'), text(params, 'text'))
        return {}
      case 'session.read':
        return { text: this.#current().read(text(params, 'path')) }
      case 'session.run': {
        const { output, exitCode } = this.#current().run(text(params, 'command'))
        return { output, exitCode }
      }
      case 'session.wait':
        this.#current().advance(Math.round(seconds(params) * 1000))
        return { now: this.#current().world.nowMs / 1000 }
      case 'session.fault': {
        const target = (typeof params['node'] === 'string' ? { node: params['node'] } : params['target']) as Fault['target'] | undefined
        if (target === undefined) throw new RpcError(INVALID, 'node: a name is needed (or target, as in level files)')
        this.#current().fault({ kind: text(params, 'kind'), target })
        return {}
      }
      case 'session.check':
        if (this.#judge === undefined) throw new RpcError(-32000, 'this session has no level, so there is nothing to check')
        this.#current().record({ type: 'check' })
        this.#judge.ask()
        return { checks: checkResults(this.#judge, 'en', false) }
      case 'session.undo':
        this.#current().undo()
        return {}
      case 'session.journal':
        return { text: formatJournal(this.#current().journal) }
      default:
        throw new RpcError(-32601, `no method ${method}`)
    }
  }
}

export function serveRpc(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<void> {
  const server = new RpcServer()
  const answer = (message: unknown): void => {
    output.write(`${JSON.stringify(message)}\n`)
  }
  const lines = createInterface({ input })
  lines.on('line', (line) => {
    if (line.trim() === '') return
    let request: Request
    try {
      request = JSON.parse(line) as Request
    } catch {
      return answer({ jsonrpc: '2.0', id: null, error: { code: -32700, message: 'this line is not JSON' } })
    }
    if (!isRecord(request) || typeof request.method !== 'string' || !(request.params === undefined || isRecord(request.params)))
      return answer({
        jsonrpc: '2.0',
        id: null,
        error: { code: -32600, message: 'a request is an object with a method, and params by name' },
      })
    const { id, method, params = {} } = request
    try {
      const result = server.call(method, params)
      // A notification wants no answer.
      if (id !== undefined) answer({ jsonrpc: '2.0', id, result })
    } catch (error) {
      const code = error instanceof RpcError ? error.code : isTheirs(error) ? INVALID : -32603
      if (code === -32603) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      answer({ jsonrpc: '2.0', id: id ?? null, error: { code, message: error instanceof Error ? error.message : String(error) } })
    }
  })
  return new Promise((resolve) => lines.on('close', resolve))
}
