/** memcached: values in memory by key, the least recently used go when it is full, everything goes with the process. Text protocol. Models memcached 1.6. */
import type { Program } from '../contract.ts'
import { type ImageRecord, MB, versions } from '../images/define.ts'
import { MiB } from '../text/context.ts'
import { converse, empty, type Store } from './protocol.ts'

interface State {
  readonly store: Store
  readonly port: number
}

const BASE_BYTES = 3 * MiB

function options(argv: readonly string[]): { port: number; maxBytes: number; itemBytes: number; unknown?: string } {
  let [port, megabytes, itemBytes] = [11_211, 64, MiB]
  let unknown: string | undefined
  for (let i = 1; i < argv.length; i++) {
    const arg = argv[i]!
    const joined = /^(-[a-zA-Z]|--[a-z-]+)(?:=?)(.*)$/.exec(arg)
    const name = joined?.[1] ?? arg
    const value = (): string => (joined?.[2] ? joined[2] : (argv[++i] ?? ''))
    if (name === '-p' || name === '--port') port = Number(value())
    else if (name === '-m' || name === '--memory-limit') megabytes = Number(value())
    else if (name === '-I' || name === '--max-item-size') {
      const m = /^(\d+)([km]?)$/i.exec(value())
      itemBytes = Number(m?.[1] ?? 1) * (m?.[2]?.toLowerCase() === 'k' ? 1024 : m?.[2] ? MiB : 1)
    } else if (['-c', '-t', '-u', '-l', '-o', '-R', '-b', '-f', '-n', '--conn-limit', '--threads', '--user', '--listen'].includes(name))
      value()
    else if (!/^-(v+|M|k|U|C|L|S)$/.test(arg) && !arg.startsWith('--')) unknown ??= arg
  }
  return { port, maxBytes: megabytes * MiB, itemBytes, ...(unknown !== undefined && { unknown }) }
}

export const memcached: Program<State> = {
  name: 'memcached',
  executables: ['memcached'],
  start(ctx) {
    const { port, maxBytes, itemBytes, unknown } = options(ctx.argv)
    const state: State = { port, store: empty(maxBytes, itemBytes, ctx.nowMs) }
    if (unknown !== undefined) {
      ctx.log(`Illegal argument "${unknown}"`, 'stderr')
      ctx.exit(1)
    } else if (!ctx.listen(port)) {
      ctx.log(`bind(): Address already in use\nfailed to listen on TCP port ${port}: Address already in use`, 'stderr')
      ctx.exit(71)
    }
    ctx.memory(BASE_BYTES)
    ctx.cpu(1)
    return state
  },
  on(state, event, ctx) {
    if (event.type === 'signal' && ['TERM', 'INT'].includes(event.signal)) {
      ctx.log(`Signal handled: ${event.signal === 'TERM' ? 'Terminated' : 'Interrupt'}.`)
      ctx.exit(0)
    }
    if (event.type !== 'request') return state
    if (event.protocol !== 'text') {
      if (event.protocol === 'http') ctx.reply({ status: 400, headers: {}, body: 'ERROR\r\n' })
      else ctx.reply(null)
      return state
    }
    const { store, answer } = converse(state.store, String(event.payload), ctx.nowMs)
    ctx.reply(answer, 0.2)
    ctx.burn(0.02)
    if (store === state.store) return state
    ctx.memory(BASE_BYTES + store.bytes)
    return { ...state, store }
  },
}

export const memcachedImage: ImageRecord = {
  repositories: ['memcached'],
  version: versions({ latest: '1.6.39', series: { '1.5': 22, '1.6': 39 }, variants: ['alpine', 'bookworm', 'trixie'] }),
  scriptRuns: 'memcached',
  image: (_version, tag) => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['memcached'],
    env: {},
    exposedPorts: [11_211],
    user: 'memcache',
    users: { memcache: [11_211, 11_211] },
    sizeBytes: (tag.includes('alpine') ? 5 : 31) * MB,
    base: tag.includes('alpine') ? 'busybox' : 'debian',
    executables: ['memcached', 'getent'],
  }),
}
