/** `clusterlab rpc`: JSON-RPC 2.0 over standard input and output, one message a line; one process, many sessions one after another. */
import { createInterface } from 'node:readline'
import { Session } from '../session/session.ts'

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

const text = (params: Record<string, unknown>, name: string): string => {
  const value = params[name]
  if (typeof value !== 'string') throw new RpcError(-32602, `${name}: a string is needed`)
  return value
}

class RpcServer {
  #session: Session | undefined

  #current(): Session {
    if (this.#session === undefined) throw new RpcError(-32000, 'no session: call session.start first')
    return this.#session
  }

  call(method: string, params: Record<string, unknown>): unknown {
    switch (method) {
      case 'session.start': {
        const namespace = typeof params['namespace'] === 'string' ? params['namespace'] : undefined
        this.#session = new Session({ world: { preset: params['cluster'] === 'bare' ? 'bare' : 'default', seed: String(params['seed'] ?? '0') }, ...(namespace !== undefined && { namespace }) })
        return {}
      }
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
        this.#current().advance(Math.round(Number(params['seconds']) * 1000))
        return { now: this.#current().world.nowMs / 1000 }
      case 'session.fault': {
        const { fleet } = this.#current().world
        if (params['kind'] === 'crash') fleet.crash(text(params, 'node'))
        else if (params['kind'] === 'start') fleet.start(text(params, 'node'))
        else throw new RpcError(-32602, `kind: ${String(params['kind'])} is not a fault; use crash or start`)
        return {}
      }
      case 'session.undo':
        this.#current().undo()
        return {}
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
    const id = request.id ?? null
    try {
      answer({ jsonrpc: '2.0', id, result: server.call(request.method ?? '', request.params ?? {}) })
    } catch (error) {
      const code = error instanceof RpcError ? error.code : -32603
      if (!(error instanceof RpcError)) process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
      answer({ jsonrpc: '2.0', id, error: { code, message: error instanceof Error ? error.message : String(error) } })
    }
  })
  return new Promise((resolve) => lines.on('close', resolve))
}
