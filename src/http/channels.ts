/**
 * exec and attach over WebSocket (`v5.channel.k8s.io`, and v4 without closing): each message's first byte is its channel: 0 stdin, 1 stdout,
 * 2 stderr, 3 the outcome as a Status, 4 the terminal's size, 255 closes the channel it names.
 */
import type { RawData, WebSocket } from 'ws'
import type { ApiStream } from '../apiserver/contract.ts'
import type { ExecFrame } from '../kubectl/contract.ts'
import { bytesFromText } from '../script/bytes.ts'
import type { Door } from './door.ts'
import { LineDiscipline } from './line-discipline.ts'
import { TextStream } from './text-stream.ts'

export const CHANNEL_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']

const STDIN = 0
const STDOUT = 1
const STDERR = 2
const OUTCOME = 3
const CLOSE = 255
const NORMAL = 1000
/** A client with more than this waiting is not sent anything until it has read. */
const MAX_WAITING_BYTES = 1024 * 1024

/** The Status that ends a stream. */
function outcome(frame: ExecFrame): object {
  if (frame.error !== undefined) {
    const message = frame.error.replace(/^Internal error occurred: /, '')
    return {
      metadata: {},
      status: 'Failure',
      message: `Internal error occurred: ${message}`,
      reason: 'InternalError',
      details: { causes: [{ message }] },
      code: 500,
    }
  }
  if (frame.exitCode === 0) return { metadata: {}, status: 'Success' }
  const message = `command terminated with non-zero exit code: exit status ${frame.exitCode}`
  return {
    metadata: {},
    status: 'Failure',
    message,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(frame.exitCode) }] },
  }
}

const bytesOf = (data: RawData): Buffer => (Array.isArray(data) ? Buffer.concat(data) : Buffer.isBuffer(data) ? data : Buffer.from(data))

class Join {
  readonly #door: Door
  readonly #socket: WebSocket
  readonly #stream: ApiStream
  readonly #terminal: LineDiscipline | undefined
  readonly #typed = new TextStream()
  #over = false

  constructor(door: Door, socket: WebSocket, stream: ApiStream, tty: boolean) {
    this.#door = door
    this.#socket = socket
    this.#stream = stream
    this.#terminal = tty ? new LineDiscipline() : undefined
  }

  start(): void {
    this.#socket.on('message', (data) => this.#guard(() => this.#message(bytesOf(data))))
    this.#socket.on('close', () => this.#close())
    this.#door.hub.wait(() => this.#pump()).catch((error: unknown) => this.#fail(error))
  }

  #guard(act: () => void): void {
    try {
      act()
    } catch (error) {
      this.#fail(error)
    }
  }

  #fail(error: unknown): void {
    this.#door.report(error)
    this.#end({ error: 'the container runtime failed' })
  }

  #send(channel: number, text: string): void {
    if (text !== '') this.#socket.send(Buffer.concat([Buffer.from([channel]), bytesFromText(text)]))
  }

  #show(channel: number, text: string): void {
    if (this.#terminal === undefined) this.#send(channel, text)
    else this.#send(STDOUT, this.#terminal.output(text))
  }

  /** Everything there is, if the client has room; true when it is over. */
  #pump(): boolean {
    if (this.#over) return true
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) return false
    for (const frame of this.#stream.take() as (ExecFrame | string)[]) {
      if (typeof frame === 'string') this.#show(STDOUT, frame)
      else this.#frame(frame)
    }
    if (!this.#over && this.#stream.done) this.#end({ exitCode: 0 })
    return this.#over
  }

  #frame(frame: ExecFrame): void {
    if (frame.stdout !== undefined) this.#show(STDOUT, frame.stdout)
    if (frame.stderr !== undefined) this.#show(STDERR, frame.stderr)
    if (frame.exitCode !== undefined || frame.error !== undefined) this.#end(frame)
  }

  #end(frame: ExecFrame): void {
    if (this.#over) return
    this.#send(OUTCOME, JSON.stringify(outcome(frame)))
    this.#over = true
    this.#stream.close()
    this.#socket.close(NORMAL)
  }

  #close(): void {
    if (!this.#over) this.#stream.close()
    this.#over = true
    this.#door.hub.notify()
  }

  #message(bytes: Buffer): void {
    if (this.#over || bytes.length === 0) return
    const channel = bytes[0]!
    if (channel === CLOSE && bytes[1] === STDIN) {
      const rest = this.#typed.end()
      if (rest !== '') this.#stream.send?.({ stdin: rest })
      this.#stream.send?.({ eof: true })
    }
    if (channel !== STDIN) return
    const text = this.#typed.take(bytes.subarray(1))
    if (this.#terminal === undefined) this.#stream.send?.({ stdin: text })
    else this.#type(this.#terminal, text)
    this.#door.hub.notify()
    this.#door.clock.nudge()
  }

  #type(terminal: LineDiscipline, text: string): void {
    for (const typed of terminal.input(text)) {
      if ('echo' in typed) this.#send(STDOUT, typed.echo)
      else if ('line' in typed) this.#stream.send?.({ stdin: typed.line })
      else if ('eof' in typed) this.#stream.send?.({ eof: true })
      else this.#interrupt()
    }
  }

  /** Ctrl-C reaches what runs at the terminal; whoever only looks on (attach) goes away. */
  #interrupt(): void {
    if (this.#stream.send === undefined) this.#end({ exitCode: 130 })
    else this.#stream.send({ interrupt: true })
  }
}

export function joinChannels(door: Door, socket: WebSocket, stream: ApiStream, tty: boolean): void {
  new Join(door, socket, stream, tty).start()
}
